package dev.cocolab.blobstore;

/**
 * Error codes of the service with their status and message (REST reference, "Blob service error
 * codes", "Common error codes").
 */
enum BlobError {
  AUTHENTICATION_FAILED(
      403,
      "AuthenticationFailed",
      "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature."),
  AUTHORIZATION_FAILURE(
      403, "AuthorizationFailure", "This request is not authorized to perform this operation."),
  AUTHORIZATION_PERMISSION_MISMATCH(
      403,
      "AuthorizationPermissionMismatch",
      "This request is not authorized to perform this operation using this permission."),
  AUTHORIZATION_PROTOCOL_MISMATCH(
      403,
      "AuthorizationProtocolMismatch",
      "This request is not authorized to perform this operation using this protocol."),
  AUTHORIZATION_RESOURCE_TYPE_MISMATCH(
      403,
      "AuthorizationResourceTypeMismatch",
      "This request is not authorized to perform this operation using this resource type."),
  AUTHORIZATION_SERVICE_MISMATCH(
      403,
      "AuthorizationServiceMismatch",
      "This request is not authorized to perform this operation using this service."),
  AUTHORIZATION_SOURCE_IP_MISMATCH(
      403,
      "AuthorizationSourceIPMismatch",
      "This request is not authorized to perform this operation using this source IP."),
  BLOB_ALREADY_EXISTS(409, "BlobAlreadyExists", "The specified blob already exists."),
  BLOB_NOT_FOUND(404, "BlobNotFound", "The specified blob does not exist."),
  CONDITION_NOT_MET(
      412,
      "ConditionNotMet",
      "The condition specified using HTTP conditional header(s) is not met."),
  CONTAINER_ALREADY_EXISTS(
      409, "ContainerAlreadyExists", "The specified container already exists."),
  CONTAINER_NOT_FOUND(404, "ContainerNotFound", "The specified container does not exist."),
  INTERNAL_ERROR(
      500,
      "InternalError",
      "Server encountered an internal error. Please try again after some time."),
  INVALID_AUTHENTICATION_INFO(
      401,
      "InvalidAuthenticationInfo",
      "Server failed to authenticate the request. Please refer to the information in the www-authenticate header."),
  INVALID_BLOCK_ID(400, "InvalidBlockId", "The specified block ID is invalid."),
  INVALID_BLOCK_LIST(400, "InvalidBlockList", "The specified block list is invalid."),
  INVALID_HEADER_VALUE(
      400,
      "InvalidHeaderValue",
      "The value for one of the HTTP headers is not in the correct format."),
  INVALID_QUERY_PARAMETER_VALUE(
      400,
      "InvalidQueryParameterValue",
      "Value for one of the query parameters specified in the request URI is invalid."),
  INVALID_RANGE(
      416, "InvalidRange", "The range specified is invalid for the current size of the resource."),
  INVALID_RESOURCE_NAME(
      400, "InvalidResourceName", "The specified resource name contains invalid characters."),
  INVALID_URI(
      400, "InvalidUri", "The requested URI does not represent any resource on the server."),
  INVALID_INPUT(400, "InvalidInput", "One of the request inputs is not valid."),
  INVALID_XML_DOCUMENT(400, "InvalidXmlDocument", "XML specified is not syntactically valid."),
  MD5_MISMATCH(
      400,
      "Md5Mismatch",
      "The MD5 value specified in the request did not match with the MD5 value calculated by the server."),
  MISSING_REQUIRED_HEADER(
      400,
      "MissingRequiredHeader",
      "An HTTP header that's mandatory for this request is not specified."),
  NOT_IMPLEMENTED(
      501,
      "NotImplemented",
      "The requested operation is not implemented on the specified resource."),
  NOT_MODIFIED(
      304,
      "ConditionNotMet",
      "The condition specified using HTTP conditional header(s) is not met."),
  OPERATION_TIMED_OUT(
      500, "OperationTimedOut", "The operation could not be completed within the permitted time."),
  PUBLIC_ACCESS_NOT_PERMITTED(
      409, "PublicAccessNotPermitted", "Public access is not permitted on this storage account."),
  REQUEST_BODY_TOO_LARGE(
      413,
      "RequestBodyTooLarge",
      "The request body is too large and exceeds the maximum permissible limit."),
  RESOURCE_NOT_FOUND(404, "ResourceNotFound", "The specified resource does not exist."),
  UNSUPPORTED_HEADER(
      400,
      "UnsupportedHeader",
      "One of the HTTP headers specified in the request is not supported."),
  UNSUPPORTED_HTTP_VERB(
      405, "UnsupportedHttpVerb", "The resource doesn't support specified Http Verb.");

  private final int status;
  private final String code;
  private final String message;

  BlobError(int status, String code, String message) {
    this.status = status;
    this.code = code;
    this.message = message;
  }

  int status() {
    return status;
  }

  String code() {
    return code;
  }

  String message() {
    return message;
  }
}
