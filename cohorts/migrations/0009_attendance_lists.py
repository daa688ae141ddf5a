import django.db.models.deletion
import tenancy.models.base
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cohorts', '0008_set_room'),
        ('engine', '0002_files_of_applications'),
        ('tenancy', '0002_roleassignment_roleassignmentevent'),
    ]

    operations = [
        migrations.CreateModel(
            name='AttendanceImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=tenancy.models.base.new_public_id, editable=False, max_length=16)),
                ('state', models.CharField(choices=[('mapping', 'Columns to match'), ('checked', 'Checked, nothing written'), ('writing', 'Being written'), ('done', 'Written'), ('abandoned', 'Abandoned')], default='mapping', max_length=12)),
                ('mapping', models.JSONField(default=dict)),
                ('corrections', models.JSONField(default=dict)),
                ('outcome', models.JSONField(default=dict)),
                ('uploaded_at', models.DateTimeField(auto_now_add=True)),
                ('late_after', models.PositiveSmallIntegerField(default=10)),
                ('least_share', models.PositiveSmallIntegerField(default=50)),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attendance_imports', to='cohorts.event')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='engine.storedfile')),
                ('job', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='engine.job')),
                ('tenant', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenancy.tenant')),
                ('uploaded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenancy.person')),
            ],
            options={
                'ordering': ['-uploaded_at', '-id'],
                'abstract': False,
            },
        ),
    ]
