@AT1 @mandatory
Feature: AT1 Connect securely

  The supplier authenticates through API Management and reaches both endpoints.

  Scenario: Status and letters answer an authenticated supplier
    Given every earlier lease has passed
    And the supplier holds an access token
    When the supplier asks for the status of the service, or for a letter if it has no key for that
    And the supplier lists letters until a list is empty
    Then AT1.1 a connection is established to both endpoints
    And AT1.2 no authentication or connectivity error is observed
