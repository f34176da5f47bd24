import CYAML

/// The events of a text as libyaml's parser gives them, one after another.
///
/// libyaml looks ahead at most 1,024 characters, so a caller that stops at a depth bounds what each
/// token costs, which in libyaml grows with the depth of flow collections. Its composer is not
/// used: it compares each anchor and alias with all anchors before it.
final class YAMLEvents {
  /// What an event is; positions are in `line`.
  enum Kind {
    case documentStart
    case documentEnd
    case end
    case alias(String)
    case scalar(YAMLScalar, anchor: String?)
    case sequenceStart(anchor: String?)
    case mappingStart(anchor: String?)
    case collectionEnd
  }

  private var parser = yaml_parser_t()
  /// Safety: libyaml reads from this buffer until the parser is deleted, in `deinit`.
  private let buffer: UnsafeMutableBufferPointer<UInt8>
  /// The line at which the last event begins, from 1.
  private(set) var line = 1

  /// The events of UTF-8 text.
  init(_ bytes: [UInt8]) throws(YAMLError) {
    buffer = .allocate(capacity: max(bytes.count, 1))
    _ = buffer.update(fromContentsOf: bytes)
    guard yaml_parser_initialize(&parser) == 1 else { throw YAMLError(line: 1, "out of memory") }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(&parser, buffer.baseAddress, bytes.count)
  }

  deinit {
    yaml_parser_delete(&parser)
    buffer.deallocate()
  }

  /// The next event.
  func next() throws(YAMLError) -> Kind {
    while true {
      var event = yaml_event_t()
      guard yaml_parser_parse(&parser, &event) == 1 else { throw failure }
      defer { yaml_event_delete(&event) }
      line = Int(event.start_mark.line) + 1
      switch event.type {
      case YAML_STREAM_START_EVENT: continue
      case YAML_DOCUMENT_START_EVENT: return .documentStart
      case YAML_DOCUMENT_END_EVENT: return .documentEnd
      case YAML_ALIAS_EVENT: return .alias(Self.text(event.data.alias.anchor) ?? "")
      case YAML_SCALAR_EVENT:
        return .scalar(
          YAMLScalar(event, line: line), anchor: Self.text(event.data.scalar.anchor))
      case YAML_SEQUENCE_START_EVENT:
        return .sequenceStart(anchor: Self.text(event.data.sequence_start.anchor))
      case YAML_MAPPING_START_EVENT:
        return .mappingStart(anchor: Self.text(event.data.mapping_start.anchor))
      case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: return .collectionEnd
      default: return .end
      }
    }
  }

  private var failure: YAMLError {
    let problem = parser.problem.map { String(cString: $0) } ?? "it cannot be read"
    let context = parser.context.map { String(cString: $0) + ": " } ?? ""
    return YAMLError(line: Int(parser.problem_mark.line) + 1, context + problem)
  }

  /// A C string of libyaml's; nil where there is none.
  static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    pointer.map { String(cString: $0) }
  }
}
