@F09
Feature: The same pod, traditional and as a blackbox

  The application, its image and its arguments stay as they are. One line of the manifest,
  runtimeClassName: kata-remote, moves it into a virtual machine of its own, into which the
  cluster's administrators cannot look.

  Background:
    Given OpSec has handed out the initdata and registered its measurement

  Scenario: The two manifests differ in one line
    Then the pod "sample-fraud-detection" differs from its traditional twin in its runtime class only

  @needs-pod-vms
  Scenario: The traditional pod is open to whoever administers the cluster
    When the developer applies the traditional twin of the pod "sample-fraud-detection"
    Then the pod is Running
    And it runs on the worker node and has no pod VM
    And the application loads the default dataset of its image
    And the cluster administrator can run "ls /app/downloaded_datasets" in it and reads "default.csv"
    And Trustee was asked for nothing

  Scenario: The confidential pod runs after it has proved what it is, and is closed
    When the developer applies the pod "sample-fraud-detection"
    Then the pod is Running
    And the application loads the default dataset of its image
    And the cluster administrator is refused to run "ls /app/downloaded_datasets" in it
    And Trustee's log shows that the evidence of an "AzSnpVtpm" guest passed
    And Trustee's log shows these resources as delivered:
      | default/trustee-image-policy/policy     |
      | default/conf-devhub-signature/pub-key   |

  @needs-pod-vms
  Scenario: The confidential pod has a virtual machine of its own, of a confidential size
    When the developer applies the pod "sample-fraud-detection"
    Then the pod is Running
    And it runs in a pod VM of the size "Standard_DC2as_v5"

  @needs-pod-vms
  Scenario: With the pod, its virtual machine goes away
    When the developer applies the pod "sample-fraud-detection"
    Then the pod is Running
    And the application loads the default dataset of its image
    When the developer deletes the pod
    Then neither the pod nor its pod VM is left

  @needs-explanations
  Scenario: The administrator's change of the cluster's initdata keeps the pod from starting
    Given the cluster administrator has changed one byte of the cluster's initdata
    When the developer applies the pod "sample-fraud-detection"
    Then the pod does not start, because Trustee withholds the image policy
    And Trustee's log shows "default/trustee-image-policy/policy" as denied by policy
    And the denial is explained by PCR 8, its registered values and the rule that compares them
