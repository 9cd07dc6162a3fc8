#pragma once

#include <functional>
#include <string_view>

namespace quantrail::tracking {

/// While this object lives, told of the statements of every connection that is opened meanwhile, in this thread's
/// tests: when one begins, and when it has ended.
class WatchedStatements {
 public:
  using Told = std::function<void(std::string_view sql, bool ended)>;
  explicit WatchedStatements(Told told);
  ~WatchedStatements();
  WatchedStatements(const WatchedStatements&) = delete;
  WatchedStatements& operator=(const WatchedStatements&) = delete;
};

}  // namespace quantrail::tracking
