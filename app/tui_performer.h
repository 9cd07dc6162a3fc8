#pragma once

#include <map>
#include <optional>

#include "app/forms.h"
#include "tracking/runs.h"
#include "tracking/store.h"
#include "tui/loop.h"

namespace quantrail::app {

/// Does what the screens ask for, through the store and, where something is done, through this program's own commands:
/// the screens compute nothing and own nothing.
class TuiPerformer final : public tui::Performer {
 public:
  TuiPerformer(tracking::Store store, tracking::Runs runs);

  [[nodiscard]] std::vector<tui::Msg> read(const tui::Cmd& command) override;
  [[nodiscard]] std::vector<tui::Msg> act(const tui::Cmd& command) override;
  /// Deletes what was written for the editor: for a process that ends without destroying anything.
  void forget_drafts() { drafts_.forget(); }

 private:
  using Told = std::vector<tui::Msg>;
  [[nodiscard]] Told done(const tui::LoadRuns& command);
  [[nodiscard]] Told done(const tui::LoadRun& command);
  [[nodiscard]] Told done(const tui::LoadComparison& command);
  [[nodiscard]] Told done(const tui::LoadViews& command);
  [[nodiscard]] Told done(const tui::LoadHealth& command);
  [[nodiscard]] Told done(const tui::LoadForm& command);
  [[nodiscard]] Told done(const tui::CheckForm& command);
  [[nodiscard]] Told done(const tui::Complete& command);
  [[nodiscard]] Told done(const tui::WriteDraft& command);
  [[nodiscard]] Told done(const tui::WriteNote& command);
  [[nodiscard]] Told done(const tui::SaveView& command);
  template <class Other>
  [[nodiscard]] Told done(const Other&) {
    return {};
  }

  /// Where the store was replaced, by a backup say: opens what is there now.
  [[nodiscard]] bool reopened();
  /// Whether the store is as it was when `what` was answered last, and nobody is at work who could have died since.
  [[nodiscard]] bool unchanged(const std::string& what, std::int64_t version) const;
  /// `version`: of before it was read, so that what is written meanwhile is not missed.
  void remember(const std::string& what, std::int64_t version, bool live);
  [[nodiscard]] Told by_command(const std::vector<std::string>& arguments, bool show) const;

  struct Seen {
    std::int64_t version = 0;
    bool live = false;
  };
  tracking::Store store_;
  tracking::Runs runs_;
  Options options_{};
  std::map<std::string, Seen> seen_{};
  std::vector<tui::HealthSection> health_{};  ///< as told last
  Drafts drafts_{};
};

}  // namespace quantrail::app
