#pragma once

#include <string>
#include <string_view>

namespace quantrail::tui {

/// The bytes that put `text` into the clipboard of the terminal that receives them: OSC 52, wrapped for GNU screen
/// where `term` names it. Source: xterm, ctlseqs, "Operating System Commands". Empty for a text that terminals refuse
/// (over 74,000 bytes of base64).
[[nodiscard]] std::string clipboard_sequence(std::string_view text, std::string_view term);

}  // namespace quantrail::tui
