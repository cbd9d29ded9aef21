@AT8 @optional
Feature: AT8 DELIVERED

  Scenario: Letters on their way are delivered
    Given the letters reserved for AT8 are brought to where they start from
    When the supplier updates them to DELIVERED, some one by one and the rest in bulk
    And the supplier reads every letter back until its status settles
    Then AT8.1 only eligible letters are targeted
    And AT8.2 all targeted letters become DELIVERED
    And AT8.3 the API answers successfully
