@AT12 @mandatory
Feature: AT12 Failures

  The PDFs of the letters were fetched and checked before the first update.

  Scenario: Letters that cannot be produced are failed
    Given the letters reserved for AT12 are brought to where they start from
    When the supplier fails them with the defect that was found
    And the supplier reads every letter back until its status settles
    Then AT12.1 all targeted letters become FAILED
    And AT12.2 the API response confirms the update
    And AT12.3 failure code and reason are updated
