@AT4 @mandatory
Feature: AT4 Accept a list of letters

  Scenario: A thousand pending letters are accepted in one bulk update
    Given every earlier lease has passed
    And 1000 pending letters are reserved for AT4
    When the supplier lists 1000 letters
    And the supplier accepts them in a single bulk update
    And the supplier reads every letter back until its status settles
    And the supplier lists 1000 letters once every lease has passed
    Then AT4.1 the targeted letters move from PENDING to ACCEPTED
    And AT4.2 no letter is skipped
    And AT4.3 the API answers successfully
    And AT4.4 accepted letters are no longer in the pending queue
