@attack
Feature: What is not genuine opens nothing, however right it looks

  Anybody who reaches Trustee can speak its protocol, knows the published measurements and reads the
  initdata in a manifest. What nobody outside a genuine processor has is a signature that leads to
  the processor's maker, or one of Trustee's own.

  Background:
    Given OpSec has put the dataset key into Trustee as "fraud-dataset"
    And OpSec has handed out the initdata and registered its measurement

  Scenario: Evidence with every measurement right and roots of the attacker's own is refused
    When an attacker boots the published image with the cluster's initdata on hardware of his own and asks for "default/fraud-dataset/dataset_key"
    Then Trustee refuses the attacker's evidence, because the processor's key leads to no root that it trusts
    And Trustee was never asked for "default/fraud-dataset/dataset_key"

  Scenario: A token with the claims of an attested guest, signed by the attacker, is refused
    When an attacker presents a token that he signed himself and asks for "default/fraud-dataset/dataset_key"
    Then Trustee refuses the attacker's token
    And Trustee's log shows "default/fraud-dataset/dataset_key" as refused

  Scenario: A pod whose initdata was exchanged on the way to the cluster gets nothing
    Given an attacker has changed one byte of the initdata
    When the developer applies the pod "sample-fraud-detection"
    Then the pod does not start, because Trustee withholds the image policy
    And Trustee's log shows "default/trustee-image-policy/policy" as denied by policy
