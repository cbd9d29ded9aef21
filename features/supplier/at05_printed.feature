@AT5 @optional
Feature: AT5 PRINTED

  Scenario: Accepted letters are printed
    Given the letters reserved for AT5 are brought to where they start from
    When the supplier updates them to PRINTED, some one by one and the rest in bulk
    And the supplier reads every letter back until its status settles
    Then AT5.1 only letters that are ACCEPTED are targeted
    And AT5.2 all targeted letters become PRINTED, none skipped, none twice
    And AT5.3 the API answers successfully
