@AT3 @mandatory
Feature: AT3 Process the letter list twice

  The pack asks for a second retrieval at once. The service hides leased letters, so that second
  list shows none of the first one's; the same letters come back when the leases have passed.

  Scenario: Letters that are listed again are not processed again
    Given every earlier lease has passed
    When the supplier lists and processes 2500 letters
    And the supplier lists and processes 2500 letters again at once
    And every earlier lease has passed
    And the supplier lists and processes 2500 letters once more
    Then AT3.1 each letter is processed once
    And AT3.2 a repeated retrieval causes no re-print, no re-queue and no duplicate API update
