internal import Configuration

/// When to use colours.
enum ColorChoice: String, CaseIterable, Sendable {
  case auto, always, never
}

/// Colours, or none.
struct Style: Sendable {
  /// What a colour says.
  enum Role: Int, Sendable {
    case bold = 1
    case dim = 2
    case bad = 31
    case good = 32
    case warning = 33
    case name = 36
  }

  let isColored: Bool

  init(_ choice: ColorChoice, isTerminal: Bool, _ here: Surroundings) {
    switch choice {
    case .always: isColored = true
    case .never: isColored = false
    case .auto:
      if here.has("NO_COLOR") {
        isColored = false
      } else if here.has("CLICOLOR_FORCE"), !here.has("CLICOLOR_FORCE", "0") {
        isColored = true
      } else {
        isColored = isTerminal && !here.has("TERM", "dumb")
      }
    }
  }

  /// The text in a role's colour.
  func callAsFunction(_ role: Role, _ text: String) -> String {
    isColored ? "\u{1B}[\(role.rawValue)m\(text)\u{1B}[0m" : text
  }
}
