#include <fmt/format.h>

#include "app/commands.h"
#include "app/exit_code.h"
#include "app/open_store.h"
#include "base/text.h"
#include "tracking/run_names.h"

namespace quantrail::app {
namespace {

/// What a command prints, or why it did not do it.
int told(const Result<std::string>& text) {
  if (!text) return complained(text.error());
  if (!text->empty()) fmt::print("{}\n", *text);
  return kDone;
}

Result<std::string> tagged(NamedRun& named, const TagCommand& command) {
  // All or none of them.
  for (const auto& tag : command.tags) {
    if (auto checked = tracking::check_tag(tag); !checked && !command.remove) return failed(checked);
  }
  std::vector<std::string> changed;
  for (const auto& tag : command.tags) {
    const auto done = command.remove ? named.runs.untag(named.id, tag) : named.runs.tag(named.id, tag);
    if (!done) return failed(done);
    if (*done) changed.push_back(tag);
  }
  const auto now = named.runs.summary(named.id);
  if (!now) return failed(now);
  const std::string tags = now->tags.empty() ? "no tags" : "tagged " + joined(now->tags, " ");
  return fmt::format("run {} {}: {}{}", now->id, printable(now->name), printable(tags),
                     changed.empty() ? " (as before)" : "");
}

Result<std::string> noted(NamedRun& named, const NoteCommand& command) {
  if (command.text) {
    if (auto written = named.runs.set_note(named.id, *command.text); !written) return failed(written);
    return std::string();
  }
  const auto now = named.runs.summary(named.id);
  if (!now) return failed(now);
  return printable(now->note);
}

Result<std::string> trashed(const Options& options, const RmCommand& command) {
  const auto store = opened_store(options, tracking::Store::Mode::Write);
  if (!store) return failed(store);
  auto runs = tracking::Runs::open(*store);
  if (!runs) return failed(runs);
  std::vector<std::int64_t> ids;
  for (const auto& name : command.runs) {
    const auto id = runs->find(name);
    if (!id) return failed(id);
    ids.push_back(*id);
  }
  if (auto done = runs->trash(ids); !done) return failed(done);
  return fmt::format("{} in the trash; `quantrail undo` takes {} out, `quantrail gc trash` deletes for good",
                     ids.size() == 1 ? fmt::format("run {} is", ids.front()) : fmt::format("{} runs are", ids.size()),
                     ids.size() == 1 ? "it" : "them");
}

Result<std::string> restored(const Options& options, const UndoCommand& command) {
  const auto store = opened_store(options, tracking::Store::Mode::Write);
  if (!store) return failed(store);
  auto runs = tracking::Runs::open(*store);
  if (!runs) return failed(runs);
  std::optional<std::int64_t> id;
  if (!command.run.empty()) {
    const auto found = runs->find(command.run);
    if (!found) return failed(found);
    id = *found;
  }
  const auto names = runs->restore(id);
  if (!names) return failed(names);
  return printable(fmt::format("back from the trash: {}", joined(*names, ", ")));
}

template <class Command, class Does>
int on_run(const Options& options, const Command& command, const Does& does) {
  auto named = named_run(options, command.run, tracking::Store::Mode::Write);
  if (!named) return complained(named.error());
  return told(does(*named, command));
}

}  // namespace

int run(const Options& options, const TagCommand& command) { return on_run(options, command, tagged); }

int run(const Options& options, const NoteCommand& command) { return on_run(options, command, noted); }

int run(const Options& options, const StarCommand& command) {
  return on_run(options, command, [](NamedRun& named, const StarCommand& star) -> Result<std::string> {
    if (auto done = named.runs.star(named.id, !star.remove); !done) return failed(done);
    return std::string();
  });
}

int run(const Options& options, const RenameCommand& command) {
  return on_run(options, command, [](NamedRun& named, const RenameCommand& rename) -> Result<std::string> {
    if (auto done = named.runs.rename(named.id, rename.name); !done) return failed(done);
    return std::string();
  });
}

int run(const Options& options, const RmCommand& command) { return told(trashed(options, command)); }

int run(const Options& options, const UndoCommand& command) { return told(restored(options, command)); }

}  // namespace quantrail::app
