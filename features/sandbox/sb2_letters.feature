@SB
Feature: SB Letters and their PDFs in the sandbox

  @SB-10
  Scenario: A letter
    When the supplier asks GET /letters/2WL5eYSWGzCHlGmzNxuqVusPxDg
    Then SB-10 a letter is read

  @SB-11
  Scenario: A letter that there is not
    When the supplier asks GET /letters/no-such-letter
    Then SB-11 an unknown letter is not found

  @SB-12
  Scenario: Where a letter's PDF is
    When the supplier asks GET /letters/2AL5eYSWGzCHlGmzNxuqVusPxDg/data
    Then SB-12 a letter's PDF is somewhere else

  @SB-13
  Scenario: The PDF of a letter that there is not
    When the supplier asks GET /letters/no-such-letter/data
    Then SB-13 the PDF of an unknown letter is not found
