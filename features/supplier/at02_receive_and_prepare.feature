@AT2 @mandatory
Feature: AT2 Receive and prepare letters

  A list leases what it returned, so letters that an earlier list brought are waited for.
  Letters that earlier runs took on are in no list any more: they are read one by one.

  Scenario: Every seeded letter comes in one list
    Given every earlier lease has passed
    When the supplier lists 2500 letters
    And the supplier reads the letters that it took out of the queue before
    Then AT2.1 2,500 unique letter ids are retrieved
    And AT2.2 no id is missing or duplicated
    And AT2.3 the letters are retrieved in a single call
