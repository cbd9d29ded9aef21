@AT9 @mandatory
Feature: AT9 Forward to a specialist

  Letters whose specification needs an accessible format go to a specialist supplier.

  Scenario: Accepted letters that need an accessible format are forwarded
    Given the letters reserved for AT9 are brought to where they start from
    When the supplier forwards them with a reason
    And the supplier reads every letter back until its status settles
    Then AT9.1 all targeted letters become FORWARDED, with the reason why
    And AT9.2 the API answers successfully
    And AT9.3 forwarded letters are in no local printing, enclosing or dispatch batch
