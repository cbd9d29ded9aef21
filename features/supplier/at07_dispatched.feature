@AT7 @mandatory
Feature: AT7 DISPATCHED

  Scenario: Accepted, printed and enclosed letters are dispatched
    Given the letters reserved for AT7 are brought to where they start from
    When the supplier updates them to DISPATCHED, some one by one and the rest in bulk
    And the supplier reads every letter back until its status settles
    Then AT7.1 only eligible letters are targeted
    And AT7.2 all targeted letters become DISPATCHED
    And AT7.3 the API answers successfully
