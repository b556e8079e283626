Feature: An empty cell of a table is not an empty text

  Scenario: An empty cell leaves the reference value unregistered
    Given OpSec registers these reference values:
      | name      | value |
      | snp_pcr08 |       |
    When the developer applies the pod "decryption-fraud-detection"
    Then the pod does not start, because Trustee withholds the image policy
    And the denial is explained by the claim "tpm.pcr08", for which nothing is registered as "snp_pcr08"

  Scenario: The cell [blank] registers a text that no measurement equals
    Given OpSec registers these reference values:
      | name      | value   |
      | snp_pcr08 | [blank] |
    When the developer applies the pod "decryption-fraud-detection"
    Then the pod does not start, because Trustee withholds the image policy
    And the denial is explained by the claim "tpm.pcr08", for which the empty text is registered as "snp_pcr08"
