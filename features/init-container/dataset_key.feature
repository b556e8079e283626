@F11 @needs-blobs
Feature: The dataset key reaches only an attested pod

  The application needs a key to decrypt its dataset. Its init container asks for the key on
  http://localhost:8006, inside the pod. In a confidential pod, Trustee answers, and only after the
  pod has proved what it runs. In a traditional pod, any server answers anybody.

  Background:
    Given OpSec has put the dataset key into Trustee as "fraud-dataset"
    And OpSec has handed out the initdata and registered its measurement
    And the encrypted dataset is in blob storage

  Scenario: An attested pod fetches the key, decrypts the dataset and scores it
    When the developer applies the pod "decryption-fraud-detection"
    Then the pod is Running
    And the init container reports that it downloaded a key of 32 bytes
    And the application decrypts and loads every transaction of the dataset
    And the application finds both fraudulent and honest transactions
    And Trustee's log shows that the evidence of an "AzSnpVtpm" guest passed
    And Trustee's log shows these resources as delivered:
      | default/trustee-image-policy/policy   |
      | default/conf-devhub-signature/pub-key |
      | default/fraud-dataset/dataset_key     |

  @needs-explanations
  Scenario: With one byte of its initdata changed, the same pod gets nothing
    Given an attacker has changed one byte of the initdata
    When the developer applies the pod "decryption-fraud-detection"
    Then the pod does not start, because Trustee withholds the image policy
    And Trustee's log shows "default/trustee-image-policy/policy" as denied by policy
    And the denial is explained by PCR 8, its registered values and the rule that compares them
    And Trustee was never asked for "default/fraud-dataset/dataset_key"

  @needs-key-servers
  Scenario: The traditional twin gets its key from a server that asks for no proof
    Given a plain key server serves the dataset key
    When the developer applies the traditional twin of the pod "decryption-fraud-detection"
    Then the pod is Running
    And the init container reports that it downloaded a key of 32 bytes
    And the application decrypts and loads every transaction of the dataset
    And the plain key server gave the key away without any attestation
    And Trustee was never asked for "default/fraud-dataset/dataset_key"

  Scenario: A key that is in the cluster but not in Trustee's list is not delivered
    Given OpSec has taken "fraud-dataset" off Trustee's list
    When the developer applies the pod "decryption-fraud-detection"
    Then the init container reports that no key arrived
    And the application fails because it cannot open its key
    And Trustee's log shows "default/fraud-dataset/dataset_key" as refused

  Scenario: A dataset that is not in blob storage is reported by name
    Given the encrypted dataset has been deleted from blob storage
    When the developer applies the pod "decryption-fraud-detection"
    Then the init container reports that it downloaded a key of 32 bytes
    And the application fails because the blob is not found
