#include <fmt/format.h>

#include <algorithm>

#include "app/config_reference.h"
#include "base/text.h"

namespace quantrail::app {
namespace {

/// `text` in lines of at most `width` columns, each behind `indent` spaces.
std::string wrapped(const std::string& text, std::size_t indent, std::size_t width) {
  std::string lines, line;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string word = text.substr(at, end - at);
    if (!line.empty() && indent + line.size() + 1 + word.size() > width) {
      lines += std::string(indent, ' ') + line + "\n";
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
    at = end + 1;
  }
  return line.empty() ? lines : lines + std::string(indent, ' ') + line + "\n";
}

std::string cell(std::string text) {
  for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) text.insert(at, "\\");
  return text;
}

/// `value` with sections as links to them.
std::string value_cell(const std::string& value) {
  constexpr std::string_view kSection = "section ";
  std::string text;
  for (std::size_t at = 0; at < value.size();) {
    const std::size_t found = value.find(kSection, at);
    if (found == std::string::npos) return text + cell(value.substr(at));
    const std::size_t name = found + kSection.size();
    const std::size_t end = std::min(value.find_first_of(" ,", name), value.size());
    const std::string section = value.substr(name, end - name);
    text += value.substr(at, found - at) + fmt::format("[{}](#{})", section, section);
    at = end;
  }
  return text;
}

std::string default_cell(const ConfigKey& key) {
  if (key.needed) return "needed";
  return key.default_value.empty() ? "" : "`" + cell(key.default_value) + "`";
}

std::string code_list(const std::vector<std::string>& names) {
  std::vector<std::string> quoted;
  for (const auto& name : names) quoted.push_back("`" + name + "`");
  return joined(quoted, ", ");
}

/// What lies in the algorithm's parameters begins with "params", since their own path is long.
std::vector<std::string> shown_places(const ConfigSection& section) {
  constexpr std::string_view kAlgorithm = "compression.algorithms[N].";
  std::vector<std::string> places;
  for (const auto& place : section.places) {
    const bool within = place.starts_with(kAlgorithm) && section.name != "params";
    places.push_back(within ? place.substr(kAlgorithm.size()) : place);
  }
  return places;
}

std::string title(const ConfigSection& section) { return section.name == "root" ? "The file" : section.name; }

/// Keys of POT's apart, those with the same remark together.
std::string pot_keys(const ConfigSection& section) {
  std::vector<std::pair<std::string, std::vector<std::string>>> remarks;
  for (const auto& key : section.keys) {
    if (!key.of_pot || !key.meaning.starts_with("POT")) continue;
    const auto found =
        std::find_if(remarks.begin(), remarks.end(), [&](const auto& known) { return known.first == key.meaning; });
    if (found == remarks.end()) {
      remarks.push_back({key.meaning, {key.name}});
    } else {
      found->second.push_back(key.name);
    }
  }
  std::string text;
  for (const auto& [remark, names] : remarks) text += fmt::format("- {}: {}\n", code_list(names), remark);
  return text.empty() ? "" : "\nKnown from POT:\n\n" + text;
}

std::string markdown(const ConfigSection& section) {
  std::string text = fmt::format("\n## {}\n\n", title(section));
  if (!section.places.front().empty()) text += fmt::format("At {}.\n", code_list(shown_places(section)));
  if (!section.meaning.empty()) text += section.meaning + "\n";
  std::string rows;
  for (const auto& key : section.keys) {
    if (key.of_pot && key.meaning.starts_with("POT")) continue;
    rows +=
        fmt::format("| `{}` | {} | {} | {} |\n", key.name, value_cell(key.value), default_cell(key), cell(key.meaning));
  }
  if (!rows.empty()) text += "\n| key | value | default | meaning |\n| --- | --- | --- | --- |\n" + rows;
  return text + pot_keys(section);
}

}  // namespace

std::string config_markdown(const std::vector<ConfigSection>& sections) {
  std::string text =
      "# Configuration\n\n"
      "Every key of a configuration, written by `tools/make_configuration_reference` from "
      "`configs/quantrail.schema.json`.\n"
      "`quantrail config KEY` prints the same in a terminal. In paths N stands for an index, NAME for a name of yours, "
      "and\n"
      "`params` for `compression.algorithms[N].params`; `--set` takes whole paths, or a parameter's name where it is "
      "unique.\n"
      "[README.md](../README.md#your-own-network) says which settings matter when.\n";
  for (const auto& section : sections) text += markdown(section);
  return text;
}

std::string config_text(const std::vector<ConfigSection>& sections, std::size_t width) {
  std::string text;
  for (const auto& section : sections) {
    text += (text.empty() ? "" : "\n") + title(section) + "\n";
    if (!section.places.front().empty()) text += wrapped("at " + joined(shown_places(section), ", "), 2, width);
    text += wrapped(section.meaning, 2, width);
    for (const auto& key : section.keys) {
      std::string value = key.value;
      if (key.needed) value += value.empty() ? "needed" : "; needed";
      if (!key.default_value.empty()) value += (value.empty() ? "default " : "; default ") + key.default_value;
      text += "\n  " + key.name + "\n" + wrapped(value, 6, width) + wrapped(key.meaning, 6, width);
    }
  }
  return text;
}

}  // namespace quantrail::app
