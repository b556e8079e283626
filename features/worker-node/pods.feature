Feature: A pod without a runtime class runs on the worker node

  The other half of every comparison: the same image and the same arguments, no guest, no evidence,
  no policy.

  @F09
  Scenario: A traditional pod runs with the dataset that is in its image
    When the developer applies the traditional twin of the pod "sample-fraud-detection"
    Then the pod is Running
    And it runs on the worker node and has no pod VM
    And the application loads the default dataset of its image
    And Trustee was asked for nothing

  @T-06
  Scenario: An image that does not exist is named in the pod's events
    When the developer applies a pod with the image "quay.io/confidential-devhub/signed/no-such-image:latest"
    Then the pod waits with the reason "ErrImagePull" or "ImagePullBackOff"
    And an event names the image "quay.io/confidential-devhub/signed/no-such-image:latest"
