@AT6 @optional
Feature: AT6 ENCLOSED

  Scenario: Accepted and printed letters are enclosed
    Given the letters reserved for AT6 are brought to where they start from
    When the supplier updates them to ENCLOSED, some one by one and the rest in bulk
    And the supplier reads every letter back until its status settles
    Then AT6.1 only eligible letters are targeted
    And AT6.2 all targeted letters become ENCLOSED
    And AT6.3 the API answers successfully
