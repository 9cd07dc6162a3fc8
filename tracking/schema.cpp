#include "tracking/schema.h"

#include <array>

namespace quantrail::tracking {
namespace {

// Conventions: times are milliseconds since 1970 (UTC); digests are 32 bytes; a metric's value, drop, score or distance
// that is NULL is NaN, since SQLite has no NaN ("not measured" is a missing row, or a NULL before the first iteration).
// Layer and group names come from models and may hold any bytes: they live in rows, never in JSON.
constexpr const char* kVersion1 = R"sql(
CREATE TABLE runs(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uid TEXT NOT NULL UNIQUE CHECK(length(uid) = 16 AND uid NOT GLOB '*[^0-9a-f]*'),
  name TEXT NOT NULL UNIQUE CHECK(length(name) > 0),
  parent_run INTEGER REFERENCES runs ON DELETE SET NULL,
  parent_iteration INTEGER CHECK(parent_iteration >= 0),
  state TEXT NOT NULL DEFAULT 'queued'
    CHECK(state IN ('queued', 'running', 'paused', 'stopping', 'interrupted', 'done', 'failed')),
  reason TEXT NOT NULL DEFAULT '',
  outcome TEXT CHECK(outcome IN ('met', 'not_met', 'nothing_to_do')),
  config TEXT NOT NULL,
  config_digest BLOB NOT NULL CHECK(length(config_digest) = 32),
  model_name TEXT NOT NULL,
  model_path TEXT NOT NULL,
  model_hash BLOB NOT NULL CHECK(length(model_hash) = 32),
  optimised TEXT,
  iterations INTEGER NOT NULL DEFAULT 0 CHECK(iterations >= 0),
  best INTEGER,
  best_drop REAL,
  explanation TEXT NOT NULL DEFAULT '',
  evaluations INTEGER CHECK(evaluations >= 0),
  reused INTEGER CHECK(reused BETWEEN 0 AND evaluations),
  created_ms INTEGER NOT NULL,
  started_ms INTEGER,
  ended_ms INTEGER,
  CHECK((state = 'done') = (outcome IS NOT NULL)),
  CHECK(best IS NULL OR best BETWEEN 0 AND iterations - 1)
) STRICT;
CREATE INDEX runs_parent ON runs(parent_run) WHERE parent_run IS NOT NULL;

CREATE TABLE run_tags(
  run_id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  tag TEXT NOT NULL CHECK(length(tag) > 0),
  PRIMARY KEY(run_id, tag)
) STRICT, WITHOUT ROWID;

-- What the run's samples were: role is 'calibration' or 'validation'.
CREATE TABLE run_data(
  run_id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  role TEXT NOT NULL CHECK(length(role) > 0),
  fingerprint BLOB NOT NULL CHECK(length(fingerprint) = 32),
  samples INTEGER NOT NULL CHECK(samples >= 0),
  PRIMARY KEY(run_id, role)
) STRICT, WITHOUT ROWID;

-- The float model's metrics, and the largest drop allowed.
CREATE TABLE baseline_values(
  run_id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK(kind IN ('metric', 'limit')),
  name TEXT NOT NULL,
  value REAL,
  PRIMARY KEY(run_id, kind, name)
) STRICT, WITHOUT ROWID;

-- One row for each worker process that ever owned the run. The id is the fencing token: it only ever grows.
CREATE TABLE attempts(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  host TEXT NOT NULL,
  boot_id TEXT NOT NULL,
  pid INTEGER NOT NULL,
  pid_start INTEGER NOT NULL,
  environment TEXT NOT NULL,
  log_path TEXT NOT NULL,
  started_ms INTEGER NOT NULL,
  ended_ms INTEGER,
  ended_as TEXT CHECK(ended_as IN ('done', 'failed', 'interrupted', 'lost')),
  reason TEXT NOT NULL DEFAULT '',
  CHECK((ended_ms IS NULL) = (ended_as IS NULL))
) STRICT;
CREATE INDEX attempts_run ON attempts(run_id);

-- Which attempt owns the run now, and what it is doing.
CREATE TABLE leases(
  run_id INTEGER PRIMARY KEY REFERENCES runs ON DELETE CASCADE,
  attempt_id INTEGER NOT NULL UNIQUE REFERENCES attempts ON DELETE CASCADE,
  beat INTEGER NOT NULL DEFAULT 0,
  beat_ms INTEGER NOT NULL,
  step TEXT NOT NULL DEFAULT '',
  unit TEXT NOT NULL DEFAULT '',
  done INTEGER NOT NULL DEFAULT 0 CHECK(done >= 0),
  total INTEGER NOT NULL DEFAULT 0 CHECK(total >= 0),
  rate REAL NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE requests(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  verb TEXT NOT NULL CHECK(verb IN ('stop', 'pause', 'continue')),
  created_ms INTEGER NOT NULL,
  answer TEXT,
  answered_ms INTEGER,
  CHECK((answer IS NULL) = (answered_ms IS NULL))
) STRICT;
CREATE UNIQUE INDEX requests_open ON requests(run_id, verb) WHERE answer IS NULL;

CREATE TABLE events(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  at_ms INTEGER NOT NULL,
  level TEXT NOT NULL CHECK(level IN ('info', 'warning', 'error')),
  text TEXT NOT NULL
) STRICT;
CREATE INDEX events_run ON events(run_id, id);

CREATE TABLE iterations(
  run_id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  number INTEGER NOT NULL CHECK(number >= 0),
  attempt_id INTEGER NOT NULL REFERENCES attempts,
  kind TEXT NOT NULL CHECK(kind IN ('quantized', 'mixed', 'tuned', 'revert', 'probe', 'prune')),
  metric_drop REAL,
  accepted INTEGER NOT NULL CHECK(accepted IN (0, 1)),
  int8_macs_share REAL,
  size_bytes INTEGER NOT NULL CHECK(size_bytes >= 0),
  snapshot_hash BLOB NOT NULL CHECK(length(snapshot_hash) = 32),
  quantization BLOB NOT NULL CHECK(length(quantization) = 32),
  seconds REAL,
  recorded_ms INTEGER NOT NULL,
  PRIMARY KEY(run_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX iterations_attempt ON iterations(attempt_id);

CREATE TABLE iteration_values(
  run_id INTEGER NOT NULL,
  number INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK(kind IN ('metric', 'drop')),
  name TEXT NOT NULL,
  value REAL,
  PRIMARY KEY(run_id, number, kind, name),
  FOREIGN KEY(run_id, number) REFERENCES iterations ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE iteration_names(
  run_id INTEGER NOT NULL,
  number INTEGER NOT NULL,
  list TEXT NOT NULL CHECK(list IN ('changed_layers', 'reverted_layers', 'reverted_groups', 'float_in_onnxruntime')),
  position INTEGER NOT NULL CHECK(position >= 0),
  name TEXT NOT NULL,
  PRIMARY KEY(run_id, number, list, position),
  FOREIGN KEY(run_id, number) REFERENCES iterations ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE rankings(
  run_id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  number INTEGER NOT NULL CHECK(number >= 0),
  after_iteration INTEGER NOT NULL,
  metric TEXT NOT NULL,
  subset_size INTEGER NOT NULL CHECK(subset_size >= 0),
  recorded_ms INTEGER NOT NULL,
  PRIMARY KEY(run_id, number),
  FOREIGN KEY(run_id, after_iteration) REFERENCES iterations(run_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX rankings_after ON rankings(run_id, after_iteration);

CREATE TABLE ranking_scores(
  run_id INTEGER NOT NULL,
  number INTEGER NOT NULL,
  position INTEGER NOT NULL CHECK(position >= 0),
  group_name TEXT NOT NULL,
  score REAL,
  distance REAL,
  float_macs INTEGER NOT NULL,
  PRIMARY KEY(run_id, number, position),
  FOREIGN KEY(run_id, number) REFERENCES rankings ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE ranking_layers(
  run_id INTEGER NOT NULL,
  number INTEGER NOT NULL,
  position INTEGER NOT NULL,
  layer_position INTEGER NOT NULL CHECK(layer_position >= 0),
  layer TEXT NOT NULL,
  PRIMARY KEY(run_id, number, position, layer_position),
  FOREIGN KEY(run_id, number, position) REFERENCES ranking_scores ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Answers, keyed by the content of the question. Blobs are zstd frames with a checksum (codec.h).
CREATE TABLE evaluations(
  key BLOB PRIMARY KEY CHECK(length(key) = 32),
  samples INTEGER NOT NULL CHECK(samples >= 0),
  distance REAL,
  seconds REAL,
  answer BLOB NOT NULL,
  created_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE evaluation_blocks(
  key BLOB NOT NULL CHECK(length(key) = 32),
  first INTEGER NOT NULL CHECK(first >= 0),
  seconds REAL,
  answer BLOB NOT NULL,
  created_ms INTEGER NOT NULL,
  PRIMARY KEY(key, first)
) STRICT;

CREATE TABLE blobs(
  key BLOB PRIMARY KEY CHECK(length(key) = 32),
  kind TEXT NOT NULL,
  content BLOB NOT NULL,
  created_ms INTEGER NOT NULL
) STRICT;

-- Content hashes of data files, valid while the file's identity is unchanged.
CREATE TABLE file_hashes(
  path TEXT PRIMARY KEY,
  size INTEGER NOT NULL,
  modified_ns INTEGER NOT NULL,
  changed_ns INTEGER NOT NULL,
  inode INTEGER NOT NULL,
  sha256 BLOB NOT NULL CHECK(length(sha256) = 32)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER iterations_no_gap BEFORE INSERT ON iterations
WHEN NEW.number <> (SELECT iterations FROM runs WHERE id = NEW.run_id)
BEGIN SELECT RAISE(ABORT, 'iterations are numbered without gaps'); END;
CREATE TRIGGER iterations_append_only BEFORE UPDATE ON iterations
BEGIN SELECT RAISE(ABORT, 'recorded iterations never change'); END;
CREATE TRIGGER iteration_values_append_only BEFORE UPDATE ON iteration_values
BEGIN SELECT RAISE(ABORT, 'recorded iterations never change'); END;
CREATE TRIGGER iteration_names_append_only BEFORE UPDATE ON iteration_names
BEGIN SELECT RAISE(ABORT, 'recorded iterations never change'); END;
CREATE TRIGGER iterations_counted AFTER INSERT ON iterations BEGIN
  UPDATE runs SET iterations = iterations + 1 WHERE id = NEW.run_id;
  UPDATE runs SET best = NEW.number, best_drop = NEW.metric_drop
    WHERE id = NEW.run_id AND NEW.metric_drop IS NOT NULL AND (best_drop IS NULL OR NEW.metric_drop < best_drop);
END;
CREATE TRIGGER rankings_no_gap BEFORE INSERT ON rankings
WHEN NEW.number <> (SELECT COUNT(*) FROM rankings WHERE run_id = NEW.run_id)
BEGIN SELECT RAISE(ABORT, 'rankings are numbered without gaps'); END;
CREATE TRIGGER rankings_append_only BEFORE UPDATE ON rankings
BEGIN SELECT RAISE(ABORT, 'recorded rankings never change'); END;
CREATE TRIGGER ranking_scores_append_only BEFORE UPDATE ON ranking_scores
BEGIN SELECT RAISE(ABORT, 'recorded rankings never change'); END;
)sql";

// Of a layer that a race dropped: on how many samples it was measured, and by what bound it was behind. Of a run: how
// many times as fast as float its best model is.
constexpr const char* kVersion2 = R"sql(
ALTER TABLE ranking_scores ADD COLUMN samples INTEGER CHECK(samples >= 0);
ALTER TABLE ranking_scores ADD COLUMN behind REAL;
ALTER TABLE runs ADD COLUMN speed_up REAL CHECK(speed_up > 0);
)sql";

// What people write on a run, and what becomes of it. trash: the number of the removal that put it there, so that the
// removal can be undone; origins: which values of the configuration were not defaults, and who gave them; start_after,
// start_below: a queued run's worker waits until that run has ended, and until fewer than so many runs are at work;
// notify: what a shell runs when a worker of the run ends. Names of iterations are no rows any more but bytes that say
// what differs from the iteration before (name_lists.h), of names that the run has once.
constexpr const char* kVersion3 = R"sql(
ALTER TABLE runs ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN starred INTEGER NOT NULL DEFAULT 0 CHECK(starred IN (0, 1));
ALTER TABLE runs ADD COLUMN trash INTEGER CHECK(trash > 0);
ALTER TABLE runs ADD COLUMN trashed_ms INTEGER;
ALTER TABLE runs ADD COLUMN origins TEXT NOT NULL DEFAULT '{}';
ALTER TABLE runs ADD COLUMN start_after INTEGER REFERENCES runs ON DELETE SET NULL;
ALTER TABLE runs ADD COLUMN start_below INTEGER CHECK(start_below > 0);
ALTER TABLE runs ADD COLUMN notify TEXT NOT NULL DEFAULT '';
CREATE INDEX runs_start_after ON runs(start_after) WHERE start_after IS NOT NULL;
ALTER TABLE iterations ADD COLUMN lists BLOB;
ALTER TABLE iterations ADD COLUMN reverted INTEGER CHECK(reverted >= 0);
CREATE TABLE run_names(
  run_id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  position INTEGER NOT NULL CHECK(position >= 0),
  name TEXT NOT NULL,
  PRIMARY KEY(run_id, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE views(
  name TEXT PRIMARY KEY CHECK(length(name) > 0),
  filter TEXT NOT NULL,
  sort TEXT NOT NULL,
  columns TEXT NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

// notify_folder: where that shell runs; '': wherever the worker does, as it was.
constexpr const char* kVersion4 = R"sql(
ALTER TABLE runs ADD COLUMN notify_folder TEXT NOT NULL DEFAULT '';
)sql";

constexpr std::array<const char*, 4> kSteps{kVersion1, kVersion2, kVersion3, kVersion4};

}  // namespace

std::span<const char* const> schema_steps() { return kSteps; }

}  // namespace quantrail::tracking
