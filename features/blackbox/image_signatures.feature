@F10
Feature: Only the images that OpSec trusts run in a confidential pod

  The guest, not the node, pulls the image. It asks Trustee for the image policy and the public key
  of the signer, and admits nothing else, whatever the cluster's administrators say.

  Background:
    Given OpSec has handed out the initdata and registered its measurement

  Scenario: An image without a signature is refused, and no secret is asked for
    When the developer applies the pod "unsigned-confidential-devhub"
    Then the guest refuses the image with "rejected by `sigstoreSigned` rule"
    And Trustee's log shows that the evidence of an "AzSnpVtpm" guest passed
    And Trustee was asked for these resources only:
      | default/trustee-image-policy/policy   |
      | default/conf-devhub-signature/pub-key |

  Scenario: The same image runs as a traditional pod: the node asks nobody
    When the developer applies a pod with the image "quay.io/confidential-devhub/signed/unsigned-image:latest"
    Then the pod is Running
    And Trustee was asked for nothing

  @needs-made-images
  Scenario: An image that somebody else signed is refused
    When the developer applies the pod "sample-fraud-detection" with the image "quay.io/confidential-devhub/signed/foreign-signed:latest"
    Then the guest refuses the image with "rejected by `sigstoreSigned` rule"

  @needs-guest-log @needs-made-images
  Scenario Outline: The guest's log, not the event, tells <fault>
    When the developer applies the pod "<pod>"
    Then the guest refuses the image with "rejected by `sigstoreSigned` rule"
    And the guest's log says that the policy refuses the image, because "<reason>"

    Examples:
      | fault                         | pod                               | reason                                               |
      | that nobody signed an image   | unsigned-confidential-devhub      | SIGNATURE_MISSING: there is no signature             |
      | that somebody else signed one | foreign-signed-confidential-devhub | SIGNATURE_NOT_BY_KEY: none of the 1 signatures of sha256 |

  @needs-made-images
  Scenario: An image from outside every trusted repository is refused
    When the developer applies the pod "sample-fraud-detection" with the image "quay.io/confidential-devhub/out-of-scope/fraud-detection:latest"
    Then the guest refuses the image with "Policy `reject` rejects image quay.io/confidential-devhub/out-of-scope/fraud-detection:latest"
    And Trustee was asked for these resources only:
      | default/trustee-image-policy/policy |
