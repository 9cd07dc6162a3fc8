#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"
#include "tui/frame.h"
#include "tui/keys.h"

namespace quantrail::tui {

// What a script does, one thing a line:
//
//     # a comment
//     n Down Enter Ctrl-S        keys, by name or as they are, one after the other; each once all is done that the one
//                                before asked for
//     "text to type"             characters
//     :size 120x40               another size
//     :clock 14:03               what the clock shows (it stands still)
//     :wait TEXT                 until the screen shows it; the script fails where it does not in a minute
//     :dump FILE                 what the terminal shows, as text

struct ScriptKeys {
  std::vector<KeyPress> keys{};
};
struct ScriptSize {
  Size size{};
};
struct ScriptClock {
  std::string text{};
};
struct ScriptWait {
  std::string text{};
};
struct ScriptDump {
  std::string path{};
};
using ScriptStep = std::variant<ScriptKeys, ScriptSize, ScriptClock, ScriptWait, ScriptDump>;
using Script = std::vector<ScriptStep>;

/// `name`: of the file, for messages. Errors: InvalidInput, naming line and word.
[[nodiscard]] Result<Script> parsed_script(std::string_view text, std::string_view name);

}  // namespace quantrail::tui
