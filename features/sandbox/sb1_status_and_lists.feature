@SB
Feature: SB Status and lists of the sandbox

  The sandbox has canned answers and no memory: it shows that requests are formed as they must be,
  and what the service says to wrong ones.

  @SB-01
  Scenario: The status of the service
    When the supplier asks GET /_status
    Then SB-01 the service says that it is there

  @SB-02
  Scenario: A list without a limit
    When the supplier asks GET /letters
    Then SB-02 letters are listed

  @SB-03
  Scenario: A list of one letter
    When the supplier asks GET /letters?limit=1
    Then SB-03 a limit of 1 brings one letter

  @SB-04
  Scenario: The largest list
    When the supplier asks GET /letters?limit=2500
    Then SB-04 the largest limit is 2500

  @SB-05
  Scenario: A limit above the largest
    When the supplier asks GET /letters?limit=2501
    Then SB-05 a limit of 2501 is refused

  @SB-06
  Scenario: A limit of 0
    When the supplier asks GET /letters?limit=0
    Then SB-06 a limit of 0 is refused

  @SB-07
  Scenario: A limit that is no number
    When the supplier asks GET /letters?limit=abc
    Then SB-07 a limit that is no number is refused

  @SB-08
  Scenario: A query parameter that there is not
    When the supplier asks GET /letters?page=2
    Then SB-08 an unknown query parameter is refused

  @SB-09
  Scenario: No request id
    When the supplier asks GET /letters without X-Request-ID
    Then SB-09 a request without X-Request-ID is refused
