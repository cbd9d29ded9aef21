@AT14 @mandatory
Feature: AT14 Management information

  The letters dispatched today, counted by specification and group, each group once a day.

  Scenario: The letters dispatched today are reported and read back
    Given the plan leaves letters for AT14
    When the supplier submits what was dispatched today and reads it back
    Then AT14.1 entries appear in NHS Notify within the expected time
    And AT14.2 counts match the processed letters
    And AT14.3 no duplicate entry for a date, no missing record
