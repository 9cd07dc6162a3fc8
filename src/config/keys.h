#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quantrail {

/// What happens to a key that the configuration may hold.
enum class KeyUse {
  Read,         ///< it has an effect
  Noted,        ///< accepted, has no effect here: a note says why
  DefaultOnly,  ///< accepted at POT's default; any other value is not supported by this version
  Refused,      ///< known, but not supported by this version at all
};

struct KeyRule {
  std::string_view name{};
  KeyUse use = KeyUse::Read;
  std::string_view remark{};    ///< Noted: why it has no effect. DefaultOnly, Refused: what to do instead, may be empty
  std::string_view accepted{};  ///< DefaultOnly: the default, as JSON
  std::string_view section{};   ///< rules of the object, or of the objects in the list, that it holds
  bool list = false;            ///< holds a list of `section` objects
  bool alias = false;           ///< accepted here too; its own place is another section
};

/// The keys of one kind of object in the configuration.
struct SectionRule {
  std::string_view name{};  ///< also the name of its definition in configs/quantrail.schema.json
  std::vector<KeyRule> keys{};
  std::string_view place{};  ///< where it stands in a configuration, for messages; empty: as its name says

  [[nodiscard]] const KeyRule* find(std::string_view key) const;
  [[nodiscard]] std::vector<std::string> names() const;
};

/// All sections; the first is that of the whole configuration.
[[nodiscard]] std::span<const SectionRule> section_rules();
/// Precondition: `name` is one of section_rules().
[[nodiscard]] const SectionRule& section_rule(std::string_view name);

}  // namespace quantrail
