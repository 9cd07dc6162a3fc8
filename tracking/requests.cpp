#include "tracking/requests.h"

#include "tracking/statement.h"

namespace quantrail::tracking {
namespace {

Verb verb_from(std::string_view name) {
  for (const Verb verb : {Verb::Pause, Verb::Continue}) {
    if (name_of(verb) == name) return verb;
  }
  return Verb::Stop;
}

}  // namespace

Result<std::vector<Request>> pending_requests(Database& database, std::int64_t run) {
  std::vector<Request> requests;
  const auto read =
      each_row(database, "SELECT id, verb FROM requests WHERE run_id = ?1 AND answer IS NULL ORDER BY id", {run},
               [&](const Row& row) { requests.push_back({.id = row.integer(0), .verb = verb_from(row.text(1))}); });
  if (!read) return failed(read);
  return requests;
}

Status answer(Database& database, std::int64_t request, std::string_view text, std::int64_t now_ms) {
  return run(database, "UPDATE requests SET answer = ?2, answered_ms = ?3 WHERE id = ?1 AND answer IS NULL",
             {request, text, now_ms});
}

Status answer_pending(Database& database, std::int64_t run_id, std::string_view text, std::int64_t now_ms) {
  return run(database, "UPDATE requests SET answer = ?2, answered_ms = ?3 WHERE run_id = ?1 AND answer IS NULL",
             {run_id, text, now_ms});
}

}  // namespace quantrail::tracking
