@SB
Feature: SB Updates in the sandbox

  The sandbox has answers ready for one letter and for the statuses of the documentation's examples.

  @SB-14
  Scenario: A letter is accepted
    When the supplier updates the documented letter to ACCEPTED
    Then SB-14 a letter is accepted

  @SB-15
  Scenario: Through production
    When the supplier updates the documented letter to PRINTED
    And the supplier updates the documented letter to ENCLOSED
    And the supplier updates the documented letter to DISPATCHED
    And the supplier updates the documented letter to DELIVERED
    Then SB-15 a letter goes through production

  @SB-16
  Scenario: With a reason
    When the supplier updates the documented letter to REJECTED because of R07 "No such address"
    And the supplier updates the documented letter to CANCELLED because of R10 "Miscellaneous"
    And the supplier updates the documented letter to FAILED because of R10 "Miscellaneous"
    Then SB-16 a letter is rejected, cancelled or failed with a reason

  @SB-17
  Scenario: The documented media type of requests
    When the supplier sends PATCH /letters/2WL5eYSWGzCHlGmzNxuqVusPxDg as application/json:
      """
      {"data":{"type":"Letter","id":"2WL5eYSWGzCHlGmzNxuqVusPxDg","attributes":{"status":"ACCEPTED"}}}
      """
    Then SB-17 an update may be sent as application/json

  @SB-18
  Scenario: A body that breaks off
    When the supplier sends PATCH /letters/2WL5eYSWGzCHlGmzNxuqVusPxDg:
      """
      {"data":{"type":"Letter","id":
      """
    Then SB-18 an update that is no JSON is refused

  @SB-19
  Scenario: A status in small letters
    When the supplier updates the documented letter to accepted
    Then SB-19 an update to an unknown status is refused

  @SB-20
  Scenario: No status
    When the supplier sends PATCH /letters/2WL5eYSWGzCHlGmzNxuqVusPxDg:
      """
      {"data":{"type":"Letter","id":"2WL5eYSWGzCHlGmzNxuqVusPxDg","attributes":{}}}
      """
    Then SB-20 an update without a status is refused

  @SB-21
  Scenario: Path and body name different letters
    When the supplier sends PATCH /letters/2WL5eYSWGzCHlGmzNxuqVusPxDg:
      """
      {"data":{"type":"Letter","id":"2AL5eYSWGzCHlGmzNxuqVusPxDg","attributes":{"status":"ACCEPTED"}}}
      """
    Then SB-21 an update of another letter than the path names is refused

  @SB-22
  Scenario: Back to PENDING
    When the supplier updates the documented letter to PENDING
    Then SB-22 an update to PENDING is refused

  @SB-23
  Scenario: A letter that there is not
    When the supplier sends PATCH /letters/123654789:
      """
      {"data":{"type":"Letter","id":"123654789","attributes":{"status":"ACCEPTED"}}}
      """
    Then SB-23 an update of an unknown letter is not found

  @SB-24
  Scenario: Several letters in one request
    When the supplier sends the documented bulk update
    Then SB-24 letters are updated in bulk

  @SB-25
  Scenario: A bulk update that is no array
    When the supplier sends POST /letters:
      """
      {"data":{"type":"Letter"}}
      """
    Then SB-25 a bulk update that is no array is refused
