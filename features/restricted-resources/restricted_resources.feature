@F15
Feature: Each pod gets what its initdata entitles it to, and nothing else

  Attested is not the same as entitled. Trustee's resource policy looks at what a guest was booted
  with: three pods whose initdata differs in one line, the pod's name, are three guests to it. The
  policy guards every request, also the one for the image policy.

  Background:
    Given OpSec has put the text "Pod 1 secret!" into Trustee as "p1-secret/dataset_key"
    And OpSec has put the text "Pod 2 secret!" into Trustee as "p2-secret/secret"
    And OpSec has made initdata for "pod1", "pod2" and "pod3" that lets these resources be asked for:
      | default/p1-secret/dataset_key     |
      | default/p2-secret/secret          |
      | default/attestation-status/status |
    And OpSec has registered the measurements of all three
    And OpSec lets "p1-secret" be read by the initdata of "pod1" only, and "p2-secret" by that of "pod2"

  Scenario: The three documents differ in the pod's name, and measure to three values
    Then two of the documents differ in the line "pod_name" only
    And no two of them have the same measurement

  Scenario: Three pods, and what each of them can read
    When the developer applies "pod1", "pod2" and "pod3", each with its initdata
    Then each of them is Running
    And the pods get these answers:
      | pod  | default/p1-secret/dataset_key | default/p2-secret/secret | default/attestation-status/status |
      | pod1 | Pod 1 secret!                 | refused                  | success                           |
      | pod2 | refused                       | Pod 2 secret!            | success                           |
      | pod3 | refused                       | refused                  | success                           |
    And after each refusal Trustee's log shows that the guest attested again and passed

  @needs-explanations
  Scenario: The refusal is explained by the initdata that was found and the one that is asked for
    When the developer applies "pod2" with its initdata
    Then each of them is Running
    And "pod2" is refused "default/p1-secret/dataset_key"
    And the denial is explained by the claim "init_data", which is that of "pod2" and not of "pod1"

  Scenario: A command that is not on the list is not run
    When the developer applies "pod1" with its initdata
    Then each of them is Running
    And the developer is refused to run "curl -s http://127.0.0.1:8006/cdh/resource/default/conf-devhub-signature/pub-key" in "pod1"

  Scenario: Whoever boots the first pod's initdata is the first pod, whatever the name
    When the developer applies "impostor" with the initdata of "pod1"
    Then each of them is Running
    And "impostor" gets "Pod 1 secret!" as "default/p1-secret/dataset_key"

  @attack
  Scenario: The first pod's initdata with one byte changed is nobody's
    Given an attacker has changed one byte of the initdata of "pod1"
    When the developer applies "pod1" with its initdata
    Then the pod does not start, because Trustee withholds the image policy
    And Trustee was never asked for "default/p1-secret/dataset_key"

  @attack
  Scenario: A policy that cannot be read allows nothing
    Given OpSec has handed Trustee a resource policy with a syntax error
    When the developer applies "pod1" with its initdata
    Then the pod does not start, because Trustee withholds the image policy
    And Trustee's log shows "default/trustee-image-policy/policy" as refused

  Scenario: A policy that forgets the image policy keeps every pod from starting
    Given OpSec lets "p1-secret" alone be read
    When the developer applies "pod1" with its initdata
    Then the pod does not start, because Trustee withholds the image policy
    And Trustee's log shows "default/trustee-image-policy/policy" as denied by policy
