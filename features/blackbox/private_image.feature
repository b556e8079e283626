@F16 @needs-private-registry
Feature: A private image is pulled with credentials that only the guest gets

  The registry hands the image to one account. Its credentials are in Trustee and nowhere in the
  workload's cluster: the initdata says where, and the guest fetches them, once it has proved what it
  runs, before it pulls.

  Background:
    Given OpSec has put the registry's credentials into Trustee as "confidential-devhub-private-pull-secret"

  Scenario: The node has no credentials, so the traditional pod gets no image
    When the developer applies a pod with the image "quay.io/confidential-devhub/signed/private:latest"
    Then the pod waits with the reason "ErrImagePull" or "ImagePullBackOff"
    And an event says "reading manifest latest in quay.io/confidential-devhub/signed/private: unauthorized: access to the requested resource is not authorized"
    And Trustee was asked for nothing

  Scenario: The attested guest fetches the credentials and pulls the private image
    Given OpSec has handed out initdata with the credentials "default/confidential-devhub-private-pull-secret/dockerconfigjson"
    When the developer applies the pod "private-confidential-devhub"
    Then the pod is Running
    And Trustee's log shows that the evidence of an "AzSnpVtpm" guest passed
    And Trustee's log shows these resources as delivered:
      | default/confidential-devhub-private-pull-secret/dockerconfigjson |
      | default/trustee-image-policy/policy                              |
      | default/conf-devhub-signature/pub-key                            |

  Scenario: A guest whose initdata names no credentials is refused by the registry
    When the developer applies the pod "private-confidential-devhub"
    Then the guest cannot pull the image, because it is "Not authorized: url https://quay.io/v2/confidential-devhub/signed/private/manifests/latest"
    And Trustee's log shows that the evidence of an "AzSnpVtpm" guest passed
    And Trustee was asked for these resources only:
      | default/trustee-image-policy/policy |

  Scenario: Credentials taken off Trustee's list are missed, not done without
    Given OpSec has handed out initdata with the credentials "default/confidential-devhub-private-pull-secret/dockerconfigjson"
    And OpSec has taken "confidential-devhub-private-pull-secret" off Trustee's list
    When the developer applies the pod "private-confidential-devhub"
    Then the pod does not start, because the guest gets no credentials
    And Trustee's log shows "default/confidential-devhub-private-pull-secret/dockerconfigjson" as missing
    And Trustee was asked for these resources only:
      | default/confidential-devhub-private-pull-secret/dockerconfigjson |

  Scenario: A mistyped path to the credentials stops the pull of a public image, too
    Given OpSec has handed out initdata with the credentials "default/confidential-devhub-private-pull-secret/dockerconfig"
    When the developer applies the pod "sample-fraud-detection"
    Then the pod does not start, because the guest gets no credentials
    And Trustee's log shows "default/confidential-devhub-private-pull-secret/dockerconfig" as missing
    And Trustee was asked for these resources only:
      | default/confidential-devhub-private-pull-secret/dockerconfig |
