#pragma once

#include <optional>

#include "app/options.h"
#include "base/temporary_folder.h"
#include "config/config.h"
#include "tracking/runs.h"
#include "tui/form.h"
#include "tui/message.h"

namespace quantrail::app {

// The forms of the screens: what they ask for, what is wrong with what was typed, and the command that does it.

/// Configurations that forms write for the editor and for commands; gone when it is.
class Drafts {
 public:
  /// A new file, that only this user may read. Errors: Storage.
  [[nodiscard]] Result<std::string> written(const std::string& text);
  void forget() { folder_.reset(); }

 private:
  std::optional<TemporaryFolder> folder_{};
  std::size_t count_ = 0;
};

/// The configuration that a form for a new run stands for, with `changes` made to its source.
/// Errors: InvalidInput, as load_config(), and for a run that there is not.
[[nodiscard]] Result<Config> config_of(const Options& options, const tui::FormSource& source,
                                       const std::vector<std::string>& overrides);

/// Errors: InvalidInput for a source that there is not or that is none.
[[nodiscard]] Result<tui::Form> new_run_form(const Options& options, const tui::FormSource& source);
[[nodiscard]] tui::FormChecked checked_new_run(const Options& options, const tui::CheckForm& form);
/// The arguments of the command that starts the run. Errors: Storage, where it needs a file of its own.
[[nodiscard]] Result<std::vector<std::string>> new_run_command(const tui::SubmitForm& form, Drafts& drafts);
/// --set arguments for what was changed.
[[nodiscard]] std::vector<std::string> overrides_of(const tui::Changes& changes);

[[nodiscard]] Result<tui::Form> export_form(const Options& options, const tui::FormSource& source);
[[nodiscard]] tui::FormChecked checked_export(const Options& options, const tui::CheckForm& form);
[[nodiscard]] std::vector<std::string> export_command(const tui::SubmitForm& form);

/// What the form says under `key`; "" where it says nothing.
[[nodiscard]] std::string typed_value(const tui::Changes& values, std::string_view key);

/// Paths that begin as `text` does, folders with a slash at the end; "~/" is the home folder.
[[nodiscard]] std::vector<std::string> completions_of(const std::string& text);

}  // namespace quantrail::app
