@F11 @needs-blobs
Feature: A key or an address that is not right is noticed, not hidden

  Trustee delivers the bytes it was given; whether they open the dataset shows only in the
  application. The workload decrypts with openssl, which cannot tell a wrong key from the right one
  and takes of a key file only what stands before a newline or a zero byte.

  Background:
    Given OpSec has put the dataset key into Trustee as "fraud-dataset"
    And OpSec has handed out the initdata and registered its measurement
    And the encrypted dataset is in blob storage

  Scenario: A key of another dataset gives garbage, and the pod stays Running
    Given OpSec has exchanged the key in Trustee for a key of another dataset
    When the developer applies the pod "decryption-fraud-detection"
    Then the pod is Running
    And the init container reports that it downloaded a key of 32 bytes
    And the application cannot make sense of what it decrypted and loads no transaction
    And Trustee's log shows these resources as delivered:
      | default/fraud-dataset/dataset_key |

  Scenario Outline: <Key> is no key for openssl
    Given OpSec has exchanged the key in Trustee for <key>
    When the developer applies the pod "decryption-fraud-detection"
    Then the application ends because openssl says "<refusal>"
    And Trustee's log shows these resources as delivered:
      | default/fraud-dataset/dataset_key |

    Examples:
      | Key                              | key                                | refusal              |
      | An empty file                    | an empty key                       | Can't read key from  |
      | A file that starts with a zero   | a key that starts with a zero byte | Can't read key from  |
      | A file that starts with a newline | a key that starts with a newline  | zero length password |

  Scenario Outline: A key with <byte> inside protects only with the bytes before it
    Given the dataset in blob storage was encrypted with a key that has <byte> after 8 bytes
    And OpSec has exchanged the key in Trustee for another that agrees with it up to there only
    When the developer applies the pod "decryption-fraud-detection"
    Then the application decrypts and loads every transaction of the dataset

    Examples:
      | byte        |
      | a zero byte |
      | a newline   |

  Scenario: An address that has expired is named, and the key alone opens nothing
    Given the developer has mounted an address of the dataset that expired an hour ago
    When the developer applies the pod "decryption-fraud-detection"
    Then the init container reports that it downloaded a key of 32 bytes
    And the application ends because blob storage says "AuthenticationFailed"
