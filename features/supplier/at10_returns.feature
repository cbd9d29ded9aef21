@AT10 @mandatory
Feature: AT10 Returns

  Scenario: Dispatched and delivered letters come back for each of the ten reasons
    Given the letters reserved for AT10 are brought to where they start from
    When the supplier returns them, each with a reason of the list
    And the supplier reads every letter back until its status settles
    Then AT10.1 all targeted letters become RETURNED
    And AT10.2 the API answers successfully
    And AT10.3 each carries a valid reason code and text of the list, and a timestamp
