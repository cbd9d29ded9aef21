@SB
Feature: SB Methods and paths that the sandbox does not have

  @SB-30
  Scenario: A method that the path does not have
    When the supplier asks DELETE /letters
    Then SB-30 a method that a path does not have is refused

  @SB-31
  Scenario: A path that there is not
    When the supplier asks GET /no-such-path
    Then SB-31 an unknown path is not found
