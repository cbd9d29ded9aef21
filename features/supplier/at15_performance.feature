@AT15 @mandatory
Feature: AT15 Performance

  Each pass spends every letter there is, so each has a seeding of its own. Lists, acceptance and
  downloads overlap: the next list is fetched while the PDFs of the batch before arrive. The clock
  runs from the first list to the last PDF checked.

  Scenario: Every letter is fetched and verified in three complete runs
    Given the supplier holds an access token
    When the supplier lists, accepts, downloads and checks every letter, 3 times from a new seeding
    Then AT15.1 every PDF is downloaded and verified
    And AT15.2 all data within 10 seconds
    And AT15.3 three complete runs, the best recorded
