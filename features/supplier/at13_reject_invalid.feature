@AT13 @optional
Feature: AT13 Reject invalid letters

  Invalid letters are rejected straight from PENDING; none of them was ever accepted.

  Scenario: Invalid pending letters are rejected
    Given the letters reserved for AT13 are brought to where they start from
    When the supplier rejects them with the defect that was found
    And the supplier reads every letter back until its status settles
    Then AT13.1 all targeted letters become REJECTED
    And AT13.2 the API response confirms the update
    And AT13.3 rejection code and reason are updated
    And AT13.4 no rejected letter goes on to ACCEPTED or any production status
