@AT11 @mandatory
Feature: AT11 Cancellations

  NHS Notify sends a list of letter ids by email. A letter that is on its way cannot be cancelled.

  Scenario: Letters that are not yet dispatched are cancelled
    Given the letters reserved for AT11 are brought to where they start from
    When the supplier cancels them with a code and a reason
    And the supplier refuses to cancel a letter that is dispatched
    And the supplier reads every letter back until its status settles
    Then AT11.1 only letters not yet dispatched or delivered are cancelled
    And AT11.2 all targeted letters become CANCELLED, with code and reason
    And AT11.3 the API answers successfully
    And AT11.4 no cancelled letter goes on to production, printing or dispatch
