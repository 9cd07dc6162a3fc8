#include "tui/keys.h"

#include <array>
#include <utility>

#include "base/cell_text.h"

namespace quantrail::tui {
namespace {

constexpr std::array kNames{
    std::pair{"Enter", Key::Enter},
    std::pair{"Esc", Key::Escape},
    std::pair{"Backspace", Key::Backspace},
    std::pair{"Delete", Key::Delete},
    std::pair{"Tab", Key::Tab},
    std::pair{"BackTab", Key::BackTab},
    std::pair{"Up", Key::Up},
    std::pair{"Down", Key::Down},
    std::pair{"Left", Key::Left},
    std::pair{"Right", Key::Right},
    std::pair{"PgUp", Key::PageUp},
    std::pair{"PgDn", Key::PageDown},
    std::pair{"Home", Key::Home},
    std::pair{"End", Key::End},
    std::pair{"F1", Key::F1},
    std::pair{"F5", Key::F5},
    std::pair{"F10", Key::F10},
    std::pair{"PasteBegin", Key::PasteBegin},
    std::pair{"PasteEnd", Key::PasteEnd},
};

}  // namespace

std::optional<KeyPress> key_named(std::string_view name) {
  for (const auto& [known, key] : kNames) {
    if (name == known) return on(key);
  }
  if (name == "Space") return on(U' ');
  if (name.size() == 6 && name.starts_with("Ctrl-") && name[5] >= 'A' && name[5] <= 'Z')
    return control(static_cast<char32_t>(name[5]));
  const auto glyphs = decoded(name);
  if (glyphs.size() == 1) return on(glyphs[0]);
  return std::nullopt;
}

}  // namespace quantrail::tui
