@T-06
Feature: A pod that cannot start says why

  Scenario: An image that does not exist is named in the pod's events
    When the developer applies a pod with the image "quay.io/confidential-devhub/signed/no-such-image:latest"
    Then the pod waits with the reason "ErrImagePull" or "ImagePullBackOff"
    And an event names the image "quay.io/confidential-devhub/signed/no-such-image:latest"
