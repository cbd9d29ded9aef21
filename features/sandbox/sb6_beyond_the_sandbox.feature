@SB @optional
Feature: SB What a sandbox without memory may not show

  Each is asked all the same: a sandbox that learns to show it is noticed.

  @SB-32
  Scenario: Two lists at once
    When the supplier asks GET /letters?limit=2500
    And the supplier asks GET /letters?limit=2500
    Then SB-32 a list hides its letters for a while

  @SB-33
  Scenario: A return
    When the supplier updates the documented letter to RETURNED because of R01 "Addressee gone away"
    Then SB-33 a letter is returned

  @SB-34
  Scenario: Accessible formats
    When the supplier updates the documented letter to FORWARDED because of F01 "Forwarded to an accessible formats supplier"
    Then SB-34 a letter is forwarded

  @SB-35
  Scenario: Management information read back
    When the supplier submits management information and reads it back:
      """
      {"data":{"type":"ManagementInformation","attributes":{"specificationId":"2WL5eYSWGzCHlGmzNxuqVusPxDg","groupId":"abc123","lineItem":"envelope-business-standard","quantity":22,"stockRemaining":2000,"timestamp":"2023-11-17T14:27:51.413Z"}}}
      """
    Then SB-35 management information is read back

  @SB-36
  Scenario: The largest bulk update
    When the supplier sends 2,500 updates in one request
    Then SB-36 2,500 letters are updated in bulk

  @SB-37
  Scenario: An update and a reading
    When the supplier updates the documented letter to ACCEPTED
    And the supplier asks GET /letters/2WL5eYSWGzCHlGmzNxuqVusPxDg
    Then SB-37 an update is visible afterwards
