#include "tracking/environment_difference.h"

#include <nlohmann/json.hpp>
#include <vector>

#include "base/text.h"
#include "tracking/statement.h"

namespace quantrail::tracking {
namespace {

using nlohmann::json;

Result<json> environment(Database& database, std::string_view attempt, std::initializer_list<Value> values) {
  json found = json::object();
  const auto read = each_row(database, attempt, values, [&](const Row& row) {
    found = json::parse(row.text(0), nullptr, false);  // discarded when damaged: then nothing is known to differ
  });
  if (!read) return failed(read);
  return found;
}

std::string shown(const json& value) {
  return printable(value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

}  // namespace

Result<std::string> environment_difference(Database& database, const Ownership& owner) {
  const auto then = environment(database,
                                "SELECT environment FROM attempts WHERE id = COALESCE("
                                "(SELECT attempt_id FROM iterations WHERE run_id = ?1 AND number = 0), "
                                "(SELECT MIN(id) FROM attempts WHERE run_id = ?1))",
                                {owner.run});
  if (!then) return failed(then);
  const auto now = environment(database, "SELECT environment FROM attempts WHERE id = ?1", {owner.attempt});
  if (!now) return failed(now);
  std::vector<std::string> parts;
  for (const char* part : {"backend", "instruction_set", "numerics_revision"}) {
    if (!then->is_object() || !now->is_object() || !then->contains(part) || !now->contains(part)) continue;
    if (then->at(part) == now->at(part)) continue;
    parts.push_back(fmt::format("{} {} instead of {}", part, shown(now->at(part)), shown(then->at(part))));
  }
  return joined(parts, ", ");
}

}  // namespace quantrail::tracking
