/**
 * Azure Blob storage stand-in: the part of the Blob service REST API that uploads, signs and reads
 * a dataset.
 *
 * <p>Supported: Create, Delete and Get Container Properties; List Blobs (flat); Put Blob (block
 * blob), Put Block, Put Block List, Get Blob (whole and range), Get Blob Properties, Delete Blob.
 * Authorisation by Shared Key, service SAS (blob and container) and account SAS of service versions
 * 2015-04-05 and later. Everything else is answered with the error the service has for it, most
 * often {@code NotImplemented}.
 *
 * <p>Source: Azure Storage REST API reference, "Blob service REST API", "Authorize with Shared
 * Key", "Create a service SAS", "Create an account SAS", "Blob service error codes".
 */
package dev.cocolab.blobstore;
