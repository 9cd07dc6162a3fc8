#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/commands.h"
#include "app/config_reference.h"
#include "app/exit_code.h"
#include "app/terminal_width.h"

namespace quantrail::app {
namespace {

constexpr int kWidest = 100;

nlohmann::ordered_json as_json(const std::vector<ConfigSection>& sections) {
  auto all = nlohmann::ordered_json::array();
  for (const auto& section : sections) {
    auto keys = nlohmann::ordered_json::array();
    for (const auto& key : section.keys) {
      nlohmann::ordered_json one{{"name", key.name}, {"value", key.value}};
      if (!key.default_value.empty()) one["default"] = nlohmann::ordered_json::parse(key.default_value);
      one["needed"] = key.needed;
      one["meaning"] = key.meaning;
      keys.push_back(std::move(one));
    }
    all.push_back(
        {{"section", section.name}, {"places", section.places}, {"meaning", section.meaning}, {"keys", keys}});
  }
  return all;
}

}  // namespace

int run(const Options&, const ConfigCommand& command) {
  auto sections = config_sections();
  if (!command.key.empty()) {
    auto found = config_sections_of(sections, command.key);
    if (!found) return complained(found.error());
    sections = std::move(*found);
  }
  if (command.markdown) {
    fmt::print("{}", config_markdown(sections));
  } else if (command.format == Format::Json) {
    fmt::print("{}\n", as_json(sections).dump(2));
  } else {
    const int columns = terminal_width(stdout);
    fmt::print("{}",
               config_text(sections, static_cast<std::size_t>(columns > 0 ? std::min(columns, kWidest) : kWidest)));
  }
  return kDone;
}

}  // namespace quantrail::app
