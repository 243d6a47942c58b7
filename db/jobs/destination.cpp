// What a destination is: stopped or not, what waits for it, what it may have got.
#include "db/jobs/delivery_row.h"

namespace efface::db {

Status DeliveryStore::hold_destination(
    Database& database, std::string_view destination, std::string_view by, UnixMicros now
) const {
    return database.run(
        "INSERT OR IGNORE INTO destination_holds (destination, held_by, held_at) VALUES (?, ?, ?)",
        {destination, by, now}
    );
}

Status DeliveryStore::release_destination(Database& database, std::string_view destination) const {
    return database.run("DELETE FROM destination_holds WHERE destination = ?", {destination});
}

Result<std::vector<Delivery>> find_deliveries(Database& database, JobId job) {
    return read_deliveries(database.select(
        "SELECT " EFFACE_DELIVERY_COLUMNS
        " FROM deliveries JOIN jobs ON jobs.id = deliveries.job WHERE deliveries.job = ? "
        "ORDER BY deliveries.destination",
        {job}
    ));
}

Result<bool> is_destination_held(Database& database, std::string_view destination) {
    EFFACE_TRY(
        auto rows, database.select("SELECT 1 FROM destination_holds WHERE destination = ?", {destination})
    );
    return rows.next();
}

Result<std::vector<HeldDestination>> held_destinations(Database& database) {
    EFFACE_TRY(
        auto rows,
        database.select("SELECT destination, held_by, held_at FROM destination_holds ORDER BY destination")
    );
    std::vector<HeldDestination> out;
    for (;;) {
        EFFACE_TRY(const bool any, rows.next());
        if (!any) {
            return out;
        }
        out.push_back({rows.text(0), rows.text(1), rows.integer(2)});
    }
}

Result<std::vector<std::string>> waiting_destinations(Database& database) {
    std::vector<std::string> out;
    for (std::string after;;) {
        // One step in the index per destination, however many deliveries each has.
        EFFACE_TRY(
            auto rows, database.select(
                           "SELECT destination FROM deliveries WHERE state = 'pending' AND destination > ? "
                           "ORDER BY destination LIMIT 1",
                           {after}
                       )
        );
        EFFACE_TRY(const bool any, rows.next());
        if (!any) {
            return out;
        }
        after = rows.text(0);
        out.push_back(after);
    }
}

Result<bool> was_sent(Database& database, std::string_view new_instance_uid) {
    EFFACE_TRY(
        auto rows, database.select(
                       "SELECT 1 FROM jobs JOIN deliveries ON deliveries.job = jobs.id "
                       "WHERE jobs.new_instance_uid = ? AND jobs.new_instance_uid <> '' "
                       "AND deliveries.sent_at <> 0 "
                       "UNION ALL SELECT 1 FROM former_outputs WHERE new_instance_uid = ?1 LIMIT 1",
                       {new_instance_uid}
                   )
    );
    return rows.next();
}

}  // namespace efface::db
