@SB
Feature: SB Management information in the sandbox

  @SB-26
  Scenario: A submission
    When the supplier sends POST /mi:
      """
      {"data":{"type":"ManagementInformation","attributes":{"specificationId":"2WL5eYSWGzCHlGmzNxuqVusPxDg","groupId":"abc123","lineItem":"envelope-business-standard","quantity":22,"stockRemaining":2000,"timestamp":"2023-11-17T14:27:51.413Z"}}}
      """
    Then SB-26 management information is taken

  @SB-27
  Scenario: A time that is none
    When the supplier sends POST /mi:
      """
      {"data":{"type":"ManagementInformation","attributes":{"specificationId":"2WL5eYSWGzCHlGmzNxuqVusPxDg","groupId":"abc123","lineItem":"envelope-business-standard","quantity":22,"stockRemaining":2000,"timestamp":"yesterday"}}}
      """
    Then SB-27 management information without a proper time is refused

  @SB-28
  Scenario: Attributes are missing
    When the supplier sends POST /mi:
      """
      {"data":{"type":"ManagementInformation","attributes":{"quantity":22}}}
      """
    Then SB-28 management information without its attributes is refused

  @SB-29
  Scenario: A specification that there is not
    When the supplier sends POST /mi:
      """
      {"data":{"type":"ManagementInformation","attributes":{"specificationId":"123456","groupId":"abc123","lineItem":"envelope-business-standard","quantity":22,"stockRemaining":2000,"timestamp":"2023-11-17T14:27:51.413Z"}}}
      """
    Then SB-29 management information of an unknown specification is not found
