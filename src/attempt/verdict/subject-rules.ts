/** The subject of an error, as the service states it. */
export type Subject =
  /** The request is too long for the model. */
  | 'length'
  /** The request needs more than the rate limit allows at any time. */
  | 'size'
  /** The input was flagged. */
  | 'moderation'
  /** A server of tools that the request names cannot be used. */
  | 'connector'
  /** Something in the request that this model or account lacks, such as tools or a stored object. */
  | 'feature'
  /** The service does not serve our part of the world. */
  | 'location'
  /** The account has no credit left. */
  | 'credit'
  /** The key or its account is invalid, expired or disabled. */
  | 'key'
  /** The key is valid, but may not use this endpoint or model. */
  | 'permission'
  /** The service does not have the model, or not for this key. */
  | 'model'
  | 'overload'
  | 'limit'

/** How a service states a subject. */
export interface SubjectRule {
  readonly subject: Subject
  /** Codes, types and reasons, of whatever status. */
  readonly names?: readonly RegExp[]
  /** Words of the message, if the status is one of `statuses`. */
  readonly words?: readonly RegExp[]
  readonly statuses?: readonly number[]
}

const refusals = [400, 403, 404, 413, 422, 451]
const accountStatuses = [400, 403, 412, 429]

/** The rules in the order in which they are tried: the first that matches decides. */
export const subjectRules: readonly SubjectRule[] = [
  {
    subject: 'key',
    names: [
      /^(?:invalid|incorrect)_api_key$/i,
      /^api_key_(?:invalid|expired|not_valid|not_found|service_blocked)$/i,
      /^(?:account|organization|project|api_key|key|user)_(?:deactivated|disabled|suspended|deleted|blocked|restricted)$/i,
      /^consumer_suspended$/i,
      /^access_token_expired$/i,
      /^unauthenticated$/i,
    ],
    words: [
      /\bapi.?key (?:is |was |has )?(?:been )?(?:not valid|invalid|expired|not found|disabled|revoked|deleted|blocked|suspended)/i,
      /\b(?:invalid|incorrect|expired|wrong|missing) api.?key/i,
      /\b(?:organization|account|project) (?:has been|is|was) (?:disabled|deactivated|suspended|deleted|blocked|restricted)/i,
    ],
    statuses: accountStatuses,
  },
  {
    // Of a key that its owner has restricted, at OpenAI.
    subject: 'permission',
    names: [/^missing_scopes?$/i],
    words: [/\bmissing scopes?\b/i, /\binsufficient permissions for this operation\b/i],
    statuses: [401, 403],
  },
  {
    subject: 'credit',
    names: [
      /^insufficient_(?:quota|credits?|balance|funds|user_quota)$/i,
      /^billing_hard_limit_reached$/i,
      /^billing_(?:not_active|error)$/i,
      /^payment_required$/i,
      /^exceeded_current_quota_error$/i,
      /^out_of_credits$/i,
      /^budget_exceeded$/i,
      /^account_?overdue(?:_?error)?$/i,
      /^arrearage$/i,
    ],
    words: [
      /\bcredit balance\b/i,
      /\binsufficient (?:credits?|balance|funds|quota|account balance)\b/i,
      /\breached your specified (?:api )?usage limits?\b/i,
      /\bspending limit\b/i,
      /\bbilling hard limit\b/i,
      /\bnot enough credits\b/i,
      /\bdoes(?:n't| not) have any credits\b/i,
      /\bbalance is insufficient\b/i,
      /\bkey limit exceeded\b/i,
      /^budget has been exceeded\b/i,
      /\bapi key has exceeded its usage limit\b/i,
      // Of Zhipu, One API and New API: the account comes first, so that it is not one in the words of a client.
      /^(?:\[[^\]]{0,80}\]\s*)?(?:[您你]的?|当前|[该此])?(?:账户|账号|帐户|用户|令牌|项目)?的?(?:可用|剩余)?已?(?:额度(?:已用尽|不足)|余额不足|欠费)/,
    ],
    statuses: accountStatuses,
  },
  {
    subject: 'location',
    names: [/^unsupported_(?:country_region_territory|location|region|country)$/i],
    words: [
      /\b(?:location|country|region|territory)\b.{0,40}\b(?:not supported|unsupported|not available)\b/i,
    ],
    statuses: [400, 403, 451],
  },
  {
    subject: 'moderation',
    names: [
      /^content_filter$/i,
      /^content_policy(?:_violation)?$/i,
      /^moderation_blocked$/i,
      /^data_inspection_failed$/i,
      /^responsible_?ai_?policy_?violation$/i,
      /^input_flagged$/i,
    ],
    words: [
      /\b(?:input|prompt|content|request|message)s? (?:was|were|has been|is|are) (?:flagged|blocked|filtered)/i,
      /\brequires moderation\b/i,
      /\bcontent (?:management )?policy\b/i,
      /\bsafety (?:system|filter|policy)\b/i,
    ],
    // OpenRouter says it with a 502 if the service behind it has refused the prompt.
    statuses: [400, 403, 422, 451, 500, 502, 503],
  },
  {
    // OpenAI's, for a server of the Model Context Protocol.
    subject: 'connector',
    names: [/^external_connector_error$/i],
    words: [/\bretrieving tool list from MCP server\b/i],
    statuses: [424],
  },
  {
    // Of the account, not of the model: a smaller request is served, and another account may take this one.
    subject: 'size',
    names: [/^tokens_limit_reached$/i],
    words: [
      /\brequest too large\b/i,
      /\bmust be reduced\b/i,
      /\breduce your message size\b/i,
      /\bcan only afford [1-9]/i,
      /\btoken capacity required, [1-9]/i,
      /\bprompt tokens limit exceeded\b/i,
      /\bfor long context\b/i,
    ],
    statuses: [402, 413, 429],
  },
  {
    subject: 'limit',
    names: [
      /rate_?limit/i,
      /usage_limit_(?:reached|exceeded)/i,
      /resource_?exhausted/i,
      /throttl/i,
      /too_?many_?requests/i,
    ],
    words: [/\brate limit (?:exceeded|reached)\b/i, /\btoo many requests\b/i, /\brequest was throttled\b/i],
    statuses: [400, 403],
  },
  {
    subject: 'length',
    names: [/^context_length_exceeded$/i, /^exceed_context_size_error$/i],
    words: [
      /prompt is too long/i,
      /maximum context length/i,
      /context (?:window|length|size)/i,
      /too many (?:input )?tokens/i,
    ],
    statuses: [400, 413, 422],
  },
  {
    subject: 'feature',
    names: [/^(?:previous_response|response|file|vector_store|conversation|container)_not_found$/i],
    words: [
      /\bno endpoints? (?:found|available) (?:that|which|matching|with)\b/i,
      /\b(?:item|response|file|conversation|container|vector store|assistant|thread)\b(?! model).{0,80}\bnot found\b/i,
    ],
    statuses: [404],
  },
  {
    // Ollama's, vLLM's and DeepSeek's: another server may have the model with tools.
    subject: 'feature',
    words: [
      /\bdoes not support (?:tools|tool use|function calling)\b/i,
      /\brequires --enable-auto-tool-choice\b/i,
    ],
    statuses: [400, 422, 501],
  },
  {
    // OpenRouter's, also of a request that names its model. One that lists no models at all is told the same.
    subject: 'feature',
    words: [/^no models provided\b/i],
    statuses: [400],
  },
  {
    // Accounts that may not stream, have no long context, or serve one program only; Azure's models that have another API.
    subject: 'feature',
    words: [
      /\borganization must be verified to (?:stream|generate)\b/i,
      /\blong context beta is not (?:yet )?available\b/i,
      /\bcredential is only authorized for use with\b/i,
      /\boperation does not work with the specified model\b/i,
    ],
    statuses: [400, 403],
  },
  {
    subject: 'model',
    names: [
      /^(?:model|deployment)_?(?:not_?found|not_?exist|not_?available|not_?supported|decommissioned|terms_required)$/i,
      /^(?:invalid|unknown)_model$/i,
      /^no_such_model$/i,
      /^model\.?access_?denied$/i,
    ],
    words: [
      /\bmodel not (?:exist|found)/i,
      // Zhipu's, and those of One API and New API.
      /模型[^。]{0,80}(?:不存在|无可用渠道)/,
      /\bmodel\b[^.]{0,80}\b(?:do(?:es)? not exist|doesn't exist|not found|is not available|has been (?:deprecated|decommissioned|removed|shut down))/i,
      /\bis not a valid model\b/i,
      /\bmodel is not supported (?:when using|by any)\b/i,
      /\bsupported (?:api )?model names are\b/i,
      /\b(?:invalid|unknown|no such) model\b(?! (?:param|option|field|setting))/i,
      /(?:\bno access|(?:\bnot|n['’]t) have access|\bnot allowed to access) (?:to )?(?:the |this )?model\b/i,
      /\binvocation of model\b.{0,120}\bisn['’]t supported\b/i,
      /\bmodels\/\S+ is not found/i,
      /\bno (?:available )?(?:channels?|endpoints?|deployments?) (?:found |available )?for\b/i,
    ],
    statuses: [...refusals, 401, 503],
  },
  {
    subject: 'overload',
    names: [/overloaded/i, /^(?:slow_down|server_busy|service_busy)$/i],
    words: [
      /\boverloaded\b/i,
      /\b(?:at|over|out of) capacity\b/i,
      /\b(?:service|server|system) is (?:too |currently )?busy\b/i,
    ],
    statuses: [500, 502, 503],
  },
  {
    // Said as if the request were at fault: by NVIDIA, and by OpenAI in a stream.
    subject: 'overload',
    words: [/\bmodel is (?:currently )?at capacity\b/i, /\bdegraded function cannot be invoked\b/i],
    statuses: [400],
  },
]
