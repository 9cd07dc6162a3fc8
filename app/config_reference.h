#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace quantrail::app {

/// One key of the configuration.
struct ConfigKey {
  std::string name{};
  std::string value{};          ///< what it may hold: "integer, 0 to 4096"
  std::string default_value{};  ///< as JSON; empty: there is none
  std::string meaning{};
  bool needed = false;
  bool of_pot = false;  ///< known for POT's sake: without effect, or refused
};

/// The keys of one kind of object.
struct ConfigSection {
  std::string name{};                 ///< "preprocess"; "root" for the file itself
  std::vector<std::string> places{};  ///< where it stands: "engine.metrics[N]", N for an index; "" for the file itself
  std::string meaning{};
  std::vector<ConfigKey> keys{};
};

/// The whole configuration, as the schema that this program was built with describes it; outer sections first.
[[nodiscard]] std::vector<ConfigSection> config_sections();

/// Of `sections` what `wanted` means: a key's name, a section's, or the path of either or the end of one
/// ("validation.limit"), with indices or N. Errors: InvalidInput when that is nothing.
[[nodiscard]] Result<std::vector<ConfigSection>> config_sections_of(const std::vector<ConfigSection>& sections,
                                                                    std::string_view wanted);

/// docs/configuration.md.
[[nodiscard]] std::string config_markdown(const std::vector<ConfigSection>& sections);

/// For a terminal with so many columns.
[[nodiscard]] std::string config_text(const std::vector<ConfigSection>& sections, std::size_t width);

}  // namespace quantrail::app
