@F13 @needs-blobs
Feature: A sealed secret shows the cluster a pointer, and the application its key

  The application reads its key from a mounted Secret, as ever. In a confidential pod that Secret
  holds a signed pointer to Trustee, which the guest exchanges for the key once it has proved what
  it runs.

  Background:
    Given OpSec has put the dataset key into Trustee as "fraud-dataset"
    And OpSec has put the key that signs pointers into Trustee as "sealed-signing-key"
    And OpSec has handed out the initdata and registered its measurement
    And the encrypted dataset is in blob storage

  Scenario: The attested application reads its key, the administrator a pointer
    Given the Secret "fraud-dataset-sealed" holds a pointer to "default/fraud-dataset/dataset_key"
    When the developer applies the pod "sealed-fraud-detection"
    Then the pod is Running
    And the application decrypts and loads every transaction of the dataset
    And the cluster administrator reads a sealed pointer in the Secret "fraud-dataset-sealed", not the key
    And Trustee's log shows these resources as delivered:
      | default/trustee-image-policy/policy   |
      | default/conf-devhub-signature/pub-key |
      | default/sealed-signing-key/jwk_public |
      | default/fraud-dataset/dataset_key     |

  Scenario: The traditional twin's key is anybody's who administers the cluster
    Given the Secret "fraud-dataset-plain" holds the dataset key itself
    When the developer applies the traditional twin of the pod "sealed-fraud-detection"
    Then the pod is Running
    And the application decrypts and loads every transaction of the dataset
    And the cluster administrator reads the dataset key in the Secret "fraud-dataset-plain"
    And Trustee was asked for nothing

  Scenario: A sealed variable reaches the application in the clear
    Given the Secret "fraud-dataset-sealed" holds a pointer to "default/attestation-status/status"
    When the developer applies a confidential pod that prints its variable from the Secret "fraud-dataset-sealed"
    Then the application prints "success"

  @needs-guest-log
  Scenario Outline: <Pointer> stays a pointer
    Given the Secret "fraud-dataset-sealed" holds <pointer>
    When the developer applies the pod "sealed-fraud-detection"
    Then the pod is Running
    And the application is left with the pointer and loads no transaction
    And Trustee was never asked for "<target>"
    And the guest's log says "<reason>"

    Examples:
      | Pointer                        | pointer                                    | target                            | reason                     |
      | A pointer that was redirected  | a pointer whose target has been exchanged  | default/attestation-status/status | Signature Error            |
      | One signed by somebody else    | a pointer that another key has signed      | default/fraud-dataset/dataset_key | Signature Error            |
      | One with an unknown signer     | a pointer that names a key Trustee has not | default/fraud-dataset/dataset_key | Failed to get key from KMS |
      | One that nobody signed         | a pointer without a signature              | default/fraud-dataset/dataset_key | Failed to parse JWS        |

  Scenario: A guest that proves nothing known gets neither key nor signer
    Given the Secret "fraud-dataset-sealed" holds a pointer to "default/fraud-dataset/dataset_key"
    And an attacker has exchanged the initdata for one that asks for no image policy
    When the developer applies the pod "sealed-fraud-detection"
    Then the pod is Running
    And the application is left with the pointer and loads no transaction
    And Trustee's log shows "default/sealed-signing-key/jwk_public" as denied by policy
    And Trustee was never asked for "default/fraud-dataset/dataset_key"
