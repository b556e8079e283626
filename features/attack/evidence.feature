@attack @needs-evidence @needs-explanations
Feature: Evidence that was changed is refused, and Trustee knows which part

  Evidence is a chain: the processor's maker vouches for a key, the key for a report, the report for
  the virtual TPM, the TPM for what was booted. Whoever changes a link breaks it, or has to break the
  next one. What is signed again with the machine's own keys, as only its owner could, is still not
  the answer to Trustee's challenge.

  Scenario Outline: The evidence of a genuine <tee> guest is taken as it is
    When a genuine "<tee>" guest sends its evidence as it is
    Then Trustee takes the evidence

    Examples:
      | tee         |
      | az-snp-vtpm |
      | az-tdx-vtpm |
      | snp         |
      | tdx         |
      | tpm         |

  Scenario Outline: <tee>: <part>
    When an attacker changes "<field>" in the evidence of a genuine "<tee>" guest
    Then Trustee refuses the evidence by the check "<check>": "<reason>"

    Examples:
      | tee         | part                                       | field             | check                | reason                                                  |
      | az-snp-vtpm | a register, so that another kernel is right | pcr.11            | PCR_DIGEST           | Digest of PCRs does not match digest in Quote           |
      | az-snp-vtpm | the quote's nonce                          | quote.extra_data  | QUOTE_SIGNATURE      | vTPM quote is not signed by AKpub                       |
      | az-snp-vtpm | the attestation key                        | hcl.ak            | QUOTE_SIGNATURE      | vTPM quote is not signed by AKpub                       |
      | az-snp-vtpm | the identity of the machine                | hcl.vm_id         | VARIABLE_DATA_DIGEST | HCL variable data digest doesn't match SNP report data  |
      | az-snp-vtpm | the launch measurement                     | snp.measurement   | REPORT_SIGNATURE     | Signature validation failed.                            |
      | az-snp-vtpm | the chip's certificate                     | vcek.signature    | VCEK_CHAIN           | Failed to validate VCEK                                 |
      | tdx         | the measurement of the domain              | tdx.mr_td         | DCAP_QUOTE_SIGNATURE | Invalid signature during quote verification             |
      | tdx         | an event of the boot log                   | event.12.digest   | EVENT_LOG_REPLAY     | Eventlog does not pass measurement replay               |
      | tdx         | the platform's certificate                 | pck.signature     | DCAP_CHAIN           | An unexpected internal error occurred                   |
      | tpm         | the nonce of a TPM alone                   | quote.extra_data  | TPM_QUOTE_SIGNATURE  | TPM quote signature verification failed                 |

  Scenario Outline: <tee>, signed again by the machine itself: <part>
    When an attacker changes "<field>" in the evidence of a genuine "<tee>" guest and has it signed again
    Then Trustee refuses the evidence by the check "<check>": "<reason>"

    Examples:
      | tee         | part                             | field            | check           | reason                                                    |
      | az-snp-vtpm | the nonce of another challenge   | quote.extra_data | QUOTE_NONCE     | TPM quote nonce doesn't match expected report_data        |
      | az-snp-vtpm | the user data of another report  | hcl.user_data    | USER_DATA       | User-data in HCL variable data doesn't match report_data  |
      | az-snp-vtpm | a guest that is not at VMPL 0    | snp.vmpl         | VMPL            | VMPL of SNP report is not 0                               |
      | tdx         | the report data                  | tdx.report_data  | TDX_REPORT_DATA | REPORT_DATA is different from that in TDX Quote           |
      | tdx         | a register that its log does not explain | tdx.rtmr_2 | EVENT_LOG_REPLAY | Eventlog does not pass measurement replay               |
